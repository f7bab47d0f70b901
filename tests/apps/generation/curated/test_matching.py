"""Which questions are the same one: rather a miss than another question's answer."""

import pytest

from apps.generation.curated.matching import is_same, phrase_of

SAME = [
    ("How many days of paid leave do employees get?", "how many paid leave days do I get"),
    ("How many days of leave do we get?", "Can you tell me how many days of leave we get?"),
    ("How do I reset my password?", "how to reset the password"),
    ("What is the Wi-Fi password for guests?", "What's the guest Wi-Fi password?"),
    ("Where can I find the travel policy?", "Where is the travel policy?"),
    ("Who designed the printer in 2014?", "In 2014, who designed the printer?"),
    ("员工每年有多少天年假？", "请问我们每年有几天年假"),
    ("员工每年有多少天年假？", "每年年假有多少天？"),
    ("出差的住宿费标准是多少？", "请问员工出差住宿费标准是多少"),
    ("谁负责审批报销？", "报销由谁负责审批？"),
    ("打印机怎么重启？", "如何重启打印机？"),
    ("試用期是多長時間？", "請問試用期多長時間"),
]
OTHER = [
    ("How many days of leave in 2024?", "How many days of leave in 2025?"),
    ("How many days of annual leave do we get?", "How many days of sick leave do we get?"),
    ("Can I carry over unused leave?", "Can't I carry over unused leave?"),
    ("Must I carry over unused leave?", "May I carry over unused leave?"),
    ("What is the notice before probation ends?", "What is the notice after probation ends?"),
    ("Who approves travel expenses?", "Who pays travel expenses?"),
    ("Who did Anna invite?", "Who invited Anna?"),
    ("Which forms go from HR to finance?", "Which forms go from finance to HR?"),
    ("How deep is the server room?", "How wide is the server room?"),
    ("Is smoking permitted inside?", "Is smoking permitted outside?"),
    ("Who signs contracts over 10,000 euros?", "Who signs contracts under 10,000 euros?"),
    ("Who wrote the C guide?", "Who wrote the C++ guide?"),
    ("What is an opt-in class?", "What is an opt-out class?"),
    ("2024年年假有多少天？", "2025年年假有多少天？"),
    ("员工可以带宠物吗？", "员工不可以带宠物吗？"),
    ("病假有多少天？", "年假有多少天？"),
    ("三天病假需要证明吗？", "五天病假需要证明吗？"),
    ("试用期前可以请假吗？", "试用期后可以请假吗？"),
    ("必须提交发票吗？", "可以提交发票吗？"),
    ("从北京到上海的车票怎么报销？", "从上海到北京的车票怎么报销？"),
    ("A系统给B系统发送什么？", "B系统给A系统发送什么？"),
    ("谁领导张三？", "张三领导谁？"),
    ("How many days of leave?", "有多少天假？"),
    ("", "?"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_other_words_for_the_same_question_are_recognised(one, other):
    assert is_same(phrase_of(one), phrase_of(other))
    assert is_same(phrase_of(other), phrase_of(one))


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_a_question_that_only_looks_alike_is_another_one(one, other):
    assert not is_same(phrase_of(one), phrase_of(other))
    assert not is_same(phrase_of(other), phrase_of(one))
