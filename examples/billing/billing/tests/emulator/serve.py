"""Serves localstripe on a port of this machine, and on no other address.

It adds what every client of Stripe goes by and localstripe lacks: who the key is, the code of a missing object, one
answer for all requests of one idempotency key, booleans where a form changes one (localstripe reads them only where an
object is made), and that a field which is sent empty has no value, also where localstripe does not know the field. It
leaves out what is to be expanded: localstripe knows none of it.
"""

import sys

from aiohttp import web
from localstripe import resources, server
from localstripe.errors import UserError

# Nothing of it outlives a test.
resources.store.dump_to_disk = lambda: None


async def account(_request):
    return server.json_response({"id": "acct_emulated", "object": "account", "livemode": False})


server.app.router.add_get("/v1/account", account)

response = UserError.to_response


def coded(error):
    if error.code == 404:
        error.body["error"]["code"] = "resource_missing"
    return response(error)


UserError.to_response = coded

update = resources.StripeObject._update


def read(self, **data):
    known = {key: value for key, value in data.items() if value != "" or hasattr(self, key)}
    update(self, **{key: None if value == "" else resources.try_convert_to_bool(value) for key, value in known.items()})


resources.StripeObject._update = read

export = resources.StripeObject._export
resources.StripeObject._export = lambda self, expand=None: export(self)

answers = {}


@web.middleware
async def once(request, handler):
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return await handler(request)
    if key not in answers:
        answer = await handler(request)
        answers[key] = (answer.status, answer.body)
    status, body = answers[key]
    return web.Response(status=status, body=body, content_type="application/json")


server.app.middlewares.insert(0, once)

web.run_app(server.app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
