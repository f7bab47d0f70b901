"""BERT (Devlin et al., NAACL 2019) with the names of Hugging Face's BertModel, and our heads."""

from dataclasses import asdict, dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  its usual name
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Size:
    """Of the network. 384 wide like MiniLM-L6, whose weights it begins with."""

    vocabulary: int
    layers: int = 6
    hidden: int = 384
    heads: int = 12
    inner: int = 1536
    positions: int = 512


class SelfAttention(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.query = nn.Linear(size.hidden, size.hidden)
        self.key = nn.Linear(size.hidden, size.hidden)
        self.value = nn.Linear(size.hidden, size.hidden)
        self.heads = size.heads

    def forward(self, x: Tensor, mask: Tensor | None, dropout: float) -> Tensor:
        rows, length, hidden = x.shape
        weight = torch.cat([self.query.weight, self.key.weight, self.value.weight])
        bias = torch.cat([self.query.bias, self.key.bias, self.value.bias])
        parts = F.linear(x, weight, bias).view(rows, length, 3, self.heads, hidden // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, dropout_p=dropout if self.training else 0.0
        )
        return mixed.transpose(1, 2).reshape(rows, length, hidden)


class Output(nn.Module):
    def __init__(self, width: int, size: Size) -> None:
        super().__init__()
        self.dense = nn.Linear(width, size.hidden)
        self.LayerNorm = nn.LayerNorm(size.hidden, eps=1e-12)

    def forward(self, x: Tensor, before: Tensor, dropout: float) -> Tensor:
        return self.LayerNorm(before + F.dropout(self.dense(x), dropout, self.training))


class Attention(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.self = SelfAttention(size)
        self.output = Output(size.hidden, size)


class Intermediate(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.dense = nn.Linear(size.hidden, size.inner)


class Layer(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.attention = Attention(size)
        self.intermediate = Intermediate(size)
        self.output = Output(size.inner, size)

    def forward(self, x: Tensor, mask: Tensor | None, dropout: float) -> Tensor:
        x = self.attention.output(self.attention.self(x, mask, dropout), x, dropout)
        return self.output(F.gelu(self.intermediate.dense(x)), x, dropout)


class Embeddings(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(size.vocabulary, size.hidden)
        self.position_embeddings = nn.Embedding(size.positions, size.hidden)
        self.token_type_embeddings = nn.Embedding(2, size.hidden)
        self.LayerNorm = nn.LayerNorm(size.hidden, eps=1e-12)


class Encoder(nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.layer = nn.ModuleList([Layer(size) for _ in range(size.layers)])


class Bert(nn.Module):
    """int64 ids (rows, length) to hidden states (rows, length, hidden)."""

    def __init__(self, size: Size, dropout: float = 0.1) -> None:
        super().__init__()
        self.size, self.dropout = size, dropout
        self.embeddings, self.encoder = Embeddings(size), Encoder(size)

    def forward(
        self, ids: Tensor, mask: Tensor | None = None, types: Tensor | None = None
    ) -> Tensor:
        """`mask` bool (rows, length), true where a token stands; `types` 0 question, 1 passage."""
        parts = self.embeddings
        type_rows = parts.token_type_embeddings.weight
        x = parts.word_embeddings(ids) + parts.position_embeddings.weight[: ids.shape[1]]
        x = x + (type_rows[0] if types is None else F.embedding(types, type_rows))
        x = F.dropout(parts.LayerNorm(x), self.dropout, self.training)
        if torch.is_autocast_enabled(x.device.type):
            x = x.to(torch.bfloat16)
        allowed = None if mask is None else mask[:, None, None, :]
        for layer in self.encoder.layer:
            x = layer(x, allowed, self.dropout)
        return x


class MaskedLanguageModel(nn.Module):
    """BERT with the head that guesses masked tokens; its output table is the input table."""

    def __init__(self, bert: Bert) -> None:
        super().__init__()
        hidden = bert.size.hidden
        self.bert = bert
        self.dense, self.norm = nn.Linear(hidden, hidden), nn.LayerNorm(hidden)
        self.bias = nn.Parameter(torch.zeros(bert.size.vocabulary))

    def forward(self, ids: Tensor, places: Tensor) -> Tensor:
        """Logits (rows, places, vocabulary) at int64 `places` (rows, places)."""
        hidden = self.bert(ids)
        at = hidden.gather(1, places[..., None].expand(-1, -1, hidden.shape[-1]))
        table = self.bert.embeddings.word_embeddings.weight
        return F.linear(self.norm(F.gelu(self.dense(at))), table, self.bias)


class Reader(nn.Module):
    """One pass over [CLS] question [SEP] title, heading, passage [SEP]."""

    def __init__(self, bert: Bert) -> None:
        super().__init__()
        hidden = bert.size.hidden
        self.bert, self.span = bert, nn.Linear(hidden, 2)
        self.relevance = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor) -> tuple[Tensor, Tensor]:
        """Relevance logits (rows,); start and end logits (rows, length, 2), [CLS] = no answer."""
        hidden = self.bert(ids, mask, types)
        return self.relevance(hidden[:, 0]).float()[:, 0], self.span(hidden).float()


def sentence_vectors(bert: Bert, ids: Tensor) -> Tensor:
    """Mean of the hidden states, of length 1: float32 (rows, hidden). Id 0 is padding."""
    mask = ids > 0
    hidden = bert(ids, mask).float()
    weight = mask[..., None].float()
    return F.normalize((hidden * weight).sum(1) / weight.sum(1).clamp(min=1), dim=-1)


def grown(state: dict[str, Tensor], size: Size) -> dict[str, Tensor]:
    """`state` for a larger network: layers stacked over again, new words near the mean of the old.

    Source: progressive stacking, Gong et al., ICML 2019.
    """
    held = 1 + max(int(name.split(".")[2]) for name in state if name.startswith("encoder.layer."))
    made = {name: value for name, value in state.items() if not name.startswith("encoder.")}
    for number in range(size.layers):
        source = f"encoder.layer.{number % held}."
        for name, value in state.items():
            if name.startswith(source):
                made[f"encoder.layer.{number}." + name[len(source) :]] = value.clone()
    table = made["embeddings.word_embeddings.weight"]
    if missing := size.vocabulary - len(table):
        chance = torch.Generator().manual_seed(0)
        fresh = table.mean(0) + 0.02 * torch.randn(missing, table.shape[1], generator=chance)
        made["embeddings.word_embeddings.weight"] = torch.cat([table, fresh])
    return made


def optimiser(model: nn.Module, rate: float, decay: float = 0.01) -> torch.optim.AdamW:
    """AdamW without decay on biases and gains."""
    heavy = [p for p in model.parameters() if p.ndim > 1 and p.requires_grad]
    light = [p for p in model.parameters() if p.ndim <= 1 and p.requires_grad]
    groups = [{"params": heavy, "weight_decay": decay}, {"params": light, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=torch.cuda.is_available())


def padded(rows: list[list[int]], multiple: int = 16) -> Tensor:
    """int64 (rows, longest rounded up), 0 behind each row's end."""
    longest = max(len(row) for row in rows)
    table = np.zeros((len(rows), -(-longest // multiple) * multiple), dtype=np.int64)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
    return torch.from_numpy(table)


def described(size: Size) -> dict[str, int]:
    """For the checkpoint."""
    return asdict(size)
