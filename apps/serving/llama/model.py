"""A GGUF model in memory."""

import ctypes

import llama_cpp

from apps.serving.errors import ModelUnusable
from apps.serving.llama import library
from apps.serving.plan import Plan


class LlamaModel:
    """Weights and vocabulary, loaded as `plan` says."""

    def __init__(self, plan: Plan) -> None:
        """Raises ModelUnusable."""
        library.start()
        if plan.gpu_layers and not llama_cpp.llama_supports_gpu_offload():
            raise ModelUnusable(
                f"{plan.gpu_layers} layers are planned for the GPU, and llama.cpp sees none. Set"
                " serving.gpu_layers: 0, or build it for the GPU:"
                " CMAKE_ARGS=-DGGML_CUDA=on make serving"
            )
        params = llama_cpp.llama_model_default_params()
        params.n_gpu_layers = plan.gpu_layers
        params.use_extra_bufts = plan.extra_buffers
        if plan.extra_buffers and not plan.gpu_layers:
            # Repacked weights are copies: the file's pages beside them would count twice.
            params.load_mode = llama_cpp.LLAMA_LOAD_MODE_NONE
        self.pointer = llama_cpp.llama_model_load_from_file(plan.path.encode(), params)
        if not self.pointer:
            raise ModelUnusable(f"llama.cpp cannot load {plan.path}; its log says why.")
        self.vocabulary = llama_cpp.llama_model_get_vocab(self.pointer)
        self.vocabulary_size = int(llama_cpp.llama_vocab_n_tokens(self.vocabulary))
        self.width = int(llama_cpp.llama_model_n_embd(self.pointer))

    @property
    def is_stepwise(self) -> bool:
        """Whether its state can only go on: no part of a sequence can be taken back."""
        return bool(
            llama_cpp.llama_model_is_recurrent(self.pointer)
            or llama_cpp.llama_model_is_hybrid(self.pointer)
        )

    @property
    def chat_template(self) -> str:
        """Jinja source; empty: none."""
        template = llama_cpp.llama_model_chat_template(self.pointer, None)
        return template.decode("utf-8", "replace") if template else ""

    def metadata(self, key: str) -> str:
        """A value of the file's header as text; empty: none."""
        size = 256
        buffer = ctypes.create_string_buffer(size)
        length = llama_cpp.llama_model_meta_val_str(self.pointer, key.encode(), buffer, size)
        return buffer.value.decode("utf-8", "replace") if length > 0 else ""

    def close(self) -> None:
        """Free it. Contexts go first. Safe to repeat."""
        if self.pointer:
            llama_cpp.llama_model_free(self.pointer)
            self.pointer = None
