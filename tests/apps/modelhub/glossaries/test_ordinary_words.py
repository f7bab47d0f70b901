"""Ordinary questions name no term by chance, and no abbreviation of several meanings is guessed."""

import pytest

from apps.modelhub.glossaries.files import shipped_glossary


@pytest.mark.parametrize(
    "question",
    [
        *("2023年报销标准", "相关税费如何处理", "新增资产如何入账", "线下市场推广费", "2024年假设"),
        *("优先购买权", "当期权益变动", "到期货款", "6个税率", "部门内审批", "报表出差错怎么办"),
        *("库存单价", "取消保险", "账单利息", "全价机票", "电脑主板", "代扣代缴个人所得"),
        *("3C 产品的 CCC 认证", "electricity tariff", "CSR on the phone"),
    ],
)
def test_ordinary_questions_of_finance_are_searched_for_as_they_are(question):
    assert shipped_glossary("finance").expansions(question).added == ()


@pytest.mark.parametrize(
    "question",
    [
        *("服务窗口服务时间", "饮食管理", "更换药品", "心理疗法", "标准化疗程", "非典型增生"),
        *("要多饮水吗", "诊室早上几点开门", "现代文献", "检查房间", "洗手间在哪里", "液体温度"),
        *("肝大小正常", "缺乏力量", "当地贫困", "院内科室", "主流感受"),
        *("URI of the page", "ICH guideline", "CTX dose", "ST depression", "female sterilization"),
    ],
)
def test_ordinary_questions_of_medicine_are_searched_for_as_they_are(question):
    assert shipped_glossary("medical").expansions(question).added == ()


@pytest.mark.parametrize(
    ("profile", "question", "other"),
    [
        ("medical", "检查房颤患者", "atrial fibrillation"),
        ("medical", "消化道出血", "gastrointestinal bleeding"),
        ("finance", "到期收益率", "yield to maturity"),
        ("finance", "资产负债表", "balance sheet"),
        ("medical", "皮质醇", "可體醇"),
    ],
)
def test_terms_beside_common_words_and_those_that_begin_like_them_are_found(
    profile, question, other
):
    synonyms = shipped_glossary(profile).expansions(question).synonyms

    assert other in {name for one in synonyms for name in one.others}
