"""Our own sentences inside answers, in the language of the question (not of the interface)."""

from typing import Literal

AnswerLanguage = Literal["en", "zh-hans", "zh-hant"]

# Characters that are written otherwise in simplified Chinese: one is enough to tell.
_TRADITIONAL = frozenset(
    "來個們價償動務勞區員問單嗎國圍報學實將專對導層屬幣幾廣廳從應戰據數時書會東條業樓標樣橋機權歲歷準漢濟灣為無現環產當發碼種"
    "節簽紀約組結統經縣總織義臺與舉萬號裡見規視親覺觀訂計訊訓記設許訴診評詞試詩話該認語誤說誰課調談請諸謝證識譯議護讀變讓豐貝"
    "負財貨販貫責貴買貸費貿賀資賓賞賠賢賣質賬賴購贈車軍較輕輯輸轉辦農這連進運過達遠適遲選還邊邏鄉醫釋針銀錄錢錯鍵鎖鏡鐵長門開"
    "間閱關陰陳陸陽隊際隨險難雲電靜響頁領頭頻題額顏願類顧顯風飛館馬騎驗驚體髮鬥魚魯鳥麗麼黃點黨齊龍"
)

NOT_FOUND: dict[AnswerLanguage, str] = {
    "en": "Not found in the documents. The passages that come closest are listed below.",
    "zh-hans": "文档中没有找到答案。下面列出最接近的段落。",
    "zh-hant": "文件中沒有找到答案。下面列出最接近的段落。",
}
NOTHING_NEAR: dict[AnswerLanguage, str] = {
    "en": "Not found in the documents: nothing you may read touches on this question.",
    "zh-hans": "文档中没有找到答案：您可以查阅的文档都与这个问题无关。",
    "zh-hant": "文件中沒有找到答案：您可以查閱的文件都與這個問題無關。",
}
DIFFERING: dict[AnswerLanguage, str] = {
    "en": "The documents say different things:",
    "zh-hans": "各文档的说法不一致：",
    "zh-hant": "各文件的說法不一致：",
}
REMOVED: dict[AnswerLanguage, str] = {
    "en": "This answer was removed because its source was deleted.",
    "zh-hans": "该答案的来源已被删除，因此答案已移除。",
    "zh-hant": "該答案的來源已被刪除，因此答案已移除。",
}
WITHHELD: dict[AnswerLanguage, str] = {
    "en": "This answer quotes a document that you may no longer read.",
    "zh-hans": "该答案引用了您已无权查阅的文档。",
    "zh-hant": "該答案引用了您已無權查閱的文件。",
}


def language_of(text: str) -> AnswerLanguage:
    """The language to answer `text` in. Any Chinese character outweighs Latin product names."""
    han = [char for char in text if "\u4e00" <= char <= "\u9fff"]
    letters = sum(char.isascii() and char.isalpha() for char in text)
    if len(han) * 4 < letters or not han:
        return "en"
    is_traditional = any(char in _TRADITIONAL for char in han)
    return "zh-hant" if is_traditional else "zh-hans"
