"""What an application could get wrong: each line that says so is refused."""

from plg import crm, events, flags, ids
from posthog import Posthog

client = Posthog("phc_test", send=False)

events.SignupComplete(plan="pro", seats=3)  # wrong: attr-defined
events.SignupCompleted(plan="pro")  # wrong: call-arg
events.SignupCompleted(plan="pro", seats="3")  # wrong: arg-type
events.SignupCompleted(plan="pro", seats=3, colour="red")  # wrong: call-arg
events.SignupCompleted("pro", 3)  # wrong: call-arg
events.capture(client, "user-1", "signup_completed")  # wrong: arg-type
events.capture(client, "user-1", {"plan": "pro"})  # wrong: arg-type
events.capture(client, "user-1", events.Pageview(page="/"))  # wrong: call-arg
events.capture(client, "user-1", events.Pageview(), when=3)  # wrong: call-arg
events.capture("client", "user-1", events.Pageview())  # wrong: arg-type

flags.Flag.DARK_MOD  # wrong: attr-defined
flags.variant(flags.DarkMode, "test")  # wrong: attr-defined
flags.variant(flags.Flag, "dark-mode")  # wrong: type-var
flags.NewOnboarding.TESTS  # wrong: attr-defined


def onboarding(variant: flags.NewOnboarding) -> str:  # wrong: return
    match variant:
        case flags.NewOnboarding.TEST:
            return "guided"


stage: crm.CompaniesValues = {"lifecycle_stage": "At Risk"}  # wrong: typeddict-item
other: crm.CompaniesValues = {"lifecycle_stage": crm.ChurnRisk.HIGH}  # wrong: typeddict-item
lifecycle: crm.CompaniesValues = {"lifecycle": crm.LifecycleStage.TRIAL}  # wrong: typeddict-unknown-key
role: crm.CompaniesValues = {"product_role": crm.ProductRole.REGULAR}  # wrong: typeddict-unknown-key
revenue: crm.CompaniesValues = {"mrr": "120"}  # wrong: typeddict-item
frozen: crm.LifecycleStage = crm.LifecycleStage.FROZEN  # wrong: attr-defined

monthly: str = ids.ProdSurveys.MONTHLY_NPS  # wrong: attr-defined
staging: str = ids.StagingSurveys.CHURN_EXIT  # wrong: attr-defined
