"""Sends every sort of event through the real client into a transport of our own."""

import json

import posthog.client
from plg import crm, events, flags
from posthog import Posthog

sent = []


def keep(message):
    sent.append(message)
    return None


client = Posthog("phc_test", before_send=keep, sync_mode=True)
events.capture(client, "user-1", events.SignupCompleted(plan="pro", seats=3))
events.capture(
    client, "user-2", events.AccountCancelled(plan="pro", reason="price"), groups={"company": "c-1"}
)

first, second = sent
assert first["event"] == "signup_completed", first
assert first["distinct_id"] == "user-1", first
own = {key: value for key, value in first["properties"].items() if key in ("plan", "seats", "source")}
assert own == {"plan": "pro", "seats": 3}, own
assert second["properties"]["reason"] == "price", second
assert second["properties"]["$groups"] == {"company": "c-1"}, second

assert flags.variant(flags.NewOnboarding, "test") is flags.NewOnboarding.TEST
assert flags.variant(flags.NewOnboarding, False) is None
assert str(flags.Flag.DARK_MODE) == f"{flags.Flag.DARK_MODE}" == "dark-mode"

values: crm.CompaniesValues = {"lifecycle_stage": crm.LifecycleStage("At Risk"), "mrr": 120}
assert json.dumps(values) == '{"lifecycle_stage": "At Risk", "mrr": 120}'
print("fine")
