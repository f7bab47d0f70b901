"""What a rule is told about a subject at a moment."""

from dataclasses import dataclass

from apps.ops.anomalies.company import Company
from apps.ops.anomalies.events import DAY_S, Calendar, Event
from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.habit import Count, Habit
from apps.ops.anomalies.kinds import Rule, Severity


@dataclass(frozen=True, slots=True)
class Case:
    """A subject that was active in the minute that ends `now`; `event`: its last request."""

    subject: str
    habit: Habit
    company: Company
    calendar: Calendar
    now: float
    event: Event

    @property
    def kind(self) -> str:
        """user, key or net."""
        return self.subject.partition(":")[0]

    @property
    def days_known(self) -> float:
        """For how long the subject has been seen."""
        return (self.now - self.habit.since) / DAY_S

    def finding(
        self, rule: Rule, severity: Severity, count: Count = Count.ALL, **figures: float | str
    ) -> Finding:
        """Of this subject now, with the last hour minute by minute."""
        minutes = self.habit.by_minute(self.now, count)
        return Finding(rule, severity, self.subject, self.now, figures, minutes)
