"""What nginx says by itself, in the three languages of the portal."""

from dataclasses import dataclass

LANGUAGES = ("en", "zh-hans", "zh-hant")
LOOKS_AGAIN = ("This page looks again by itself.", "本页会自动重试。", "本頁會自動重試。")


@dataclass(frozen=True, slots=True)
class Failure:
    """A refusal of nginx's: its status, our code, and how other vendors' clients know it.

    `words` are a title and a sentence for each of LANGUAGES, without quotes, braces or `$`.
    """

    status: int
    code: str
    openai: str
    anthropic: str
    words: tuple[tuple[str, str], ...]
    retry_after_s: int | None = None


FAILURES = (
    Failure(404, "not_found", "not_found_error", "not_found_error", (
        ("Not found", "There is no such page."),
        ("找不到", "没有这个页面。"),
        ("找不到", "沒有這個頁面。"),
    )),
    Failure(413, "too_large", "request_too_large", "request_too_large", (
        ("Too large", "This is more than may be sent at one time. Send fewer or smaller files."),
        ("内容过大", "一次发送的内容超过了上限。请减少文件数量或大小。"),
        ("內容過大", "一次傳送的內容超過了上限。請減少檔案數量或大小。"),
    )),
    Failure(429, "rate_limited", "rate_limit_error", "rate_limit_error", (
        ("Too many requests", "Your address asks for too much at one time. Try again in a moment."),
        ("请求过多", "您所在的地址请求过于频繁。请稍后再试。"),
        ("請求過多", "您所在的位址請求過於頻繁。請稍後再試。"),
    ), retry_after_s=2),
    Failure(502, "node_failed", "server_error", "api_error", (
        ("That did not work", "The machine that was to answer went away. Try again."),
        ("未能完成", "负责应答的服务器中断了。请重试。"),
        ("未能完成", "負責回應的伺服器中斷了。請再試一次。"),
    ), retry_after_s=1),
    Failure(503, "not_ready", "service_unavailable_error", "api_error", (
        ("One moment, please", "The service is starting or is being repaired. Try again soon."),
        ("请稍候", "服务正在启动或恢复，请稍后再试。"),
        ("請稍候", "服務正在啟動或恢復，請稍後再試。"),
    ), retry_after_s=5),
    Failure(503, "maintenance", "service_unavailable_error", "api_error", (
        ("Maintenance", "The service is being worked on and will be back soon. "
         "Nothing is lost."),
        ("系统维护中", "服务正在维护，很快恢复，数据不会丢失。"),
        ("系統維護中", "服務正在維護，很快恢復，資料不會遺失。"),
    ), retry_after_s=60),
    Failure(504, "timed_out", "server_error", "api_error", (
        ("No answer in time", "The machine that was to answer took too long. Try again."),
        ("应答超时", "服务器应答时间过长。请重试。"),
        ("回應逾時", "伺服器回應時間過長。請再試一次。"),
    )),
)  # fmt: skip
