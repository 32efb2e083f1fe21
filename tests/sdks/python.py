"""What PostHog's library for Python gets of a sandbox: HOST TOKEN KEY FLAG COUNT. Prints JSON."""

import json
import sys

from posthog import Posthog

host, token, key, flag, count = sys.argv[1:6]
ids = [f"user-{n}" for n in range(int(count))]
said = {}

asks = Posthog(token, host=host, sync_mode=True, disable_geoip=True)
asks.set(distinct_id="grace", properties={"email": "grace@example.com", "plan": "free"})
asks.group_identify("company", "initech", {"plan": "free"})
asks.capture("feature_used", distinct_id="grace", properties={"feature": "export"}, groups={"company": "initech"})
asks.alias("grace-before", "grace")
said["all"] = asks.get_all_flags("grace")
said["remote"] = {one: asks.get_feature_flag(flag, one, send_feature_flag_events=False) for one in ids}
asks.shutdown()

decides = Posthog(token, host=host, personal_api_key=key, sync_mode=True, disable_geoip=True, enable_local_evaluation=True)
decides.load_feature_flags()
said["local"] = {
    one: decides.get_feature_flag(flag, one, only_evaluate_locally=True, send_feature_flag_events=False) for one in ids
}
decides.shutdown()
print(json.dumps(said))
