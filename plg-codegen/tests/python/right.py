"""What an application does with the names: all of it type-checks."""

from datetime import datetime, timezone
from typing import assert_never

from plg import crm, events, flags, ids
from posthog import Posthog

client = Posthog("phc_test", send=False)

events.capture(client, "user-1", events.SignupCompleted(plan="pro", seats=3))
events.capture(
    client,
    "user-1",
    events.PlanDowngraded(from_plan="pro", to_plan="free", mrr_change=-20.5),
    timestamp=datetime.now(timezone.utc),
    groups={"company": "c-1"},
)
events.capture(client, "user-1", events.AccountCancelled(plan="pro", reason=None))
events.capture(client, "user-1", events.Pageview())


def onboarding(user: str) -> str:
    answer = client.evaluate_flags(user).get_flag(flags.Flag.NEW_ONBOARDING)
    variant = flags.variant(flags.NewOnboarding, answer)
    if variant is None or variant is flags.NewOnboarding.CONTROL:
        return "classic"
    if variant is flags.NewOnboarding.TEST:
        return "guided"
    assert_never(variant)


values: crm.CompaniesValues = {
    "lifecycle_stage": crm.LifecycleStage.AT_RISK,
    "mrr": 120,
    "icp_fit": None,
}
slug: str = crm.CompaniesSlug.LIFECYCLE_STAGE


def color(stage: crm.LifecycleStage) -> str:
    match stage:
        case crm.LifecycleStage.TRIAL:
            return "blue"
        case crm.LifecycleStage.ACTIVE:
            return "green"
        case crm.LifecycleStage.EXPANDING:
            return "purple"
        case crm.LifecycleStage.AT_RISK:
            return "orange"
        case crm.LifecycleStage.CHURNED:
            return "gray"


survey: str = ids.ProdSurveys.CHURN_EXIT
dashboard: int = ids.DevDashboards.EXECUTIVE_OVERVIEW
