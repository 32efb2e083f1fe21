"""What an application does with the names of several accounts."""

from posthog import Posthog

from plg import events
from plg.class_ import flags as calendar
from plg.events_2 import crm
from plg.marketing import events as campaigns
from plg.marketing import flags, ids

client = Posthog("phc_marketing", host="http://localhost:1")

events.capture(Posthog("phc_product"), "user-1", events.SignupCompleted(plan="pro", seats=3))
campaigns.capture(client, "user-1", campaigns.CallAsked(budget=100, medium=campaigns.CallAskedMedium.MAIL))
attended: crm.PeopleValues = {"attended": crm.Attended.OFTEN}
keys: list[str] = [flags.Flag.CAMPAIGN, calendar.Flag.CALENDAR]
dashboard: int = ids.ProdDashboards.CAMPAIGNS
