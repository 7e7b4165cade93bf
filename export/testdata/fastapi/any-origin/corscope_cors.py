# corscope_cors.py: put it around all that answers. FastAPI and Starlette:
#
#     from corscope_cors import CORS
#     build = app.build_middleware_stack
#     app.build_middleware_stack = lambda: CORS(build())
#
# Not with app.add_middleware: that is inside of what answers exceptions, and pages would
# get an empty 500 in place of its answer. Quart:
#
#     app.asgi_app = CORS(app.asgi_app)
#
# Django, in the asgi.py that the server is started with:
#
#     application = CORS(get_asgi_application())
#
# Any other app, at the end of its module:
#
#     app = CORS(app)
#
# Pages of every origin may read, without credentials.
#
# NOTE: uvicorn with httptools answers 400 to methods that it does not know, whatever the
#       policy says; with --http h11 it does not.

# Two of a kind are an error to browsers: only ours stay.
REPLACED = frozenset([
    b'access-control-allow-origin',
    b'access-control-allow-credentials',
    b'access-control-allow-methods',
    b'access-control-allow-headers',
    b'access-control-max-age',
    b'access-control-expose-headers',
    b'timing-allow-origin',
])


class CORS:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        origin = get(scope, b'origin')
        page = origin is not None
        # WebSockets, and the start and the end of the app, are no matter of CORS.
        if scope['type'] != 'http':
            await self.app(scope, receive, send)
            return
        method = get(scope, b'access-control-request-method')
        # A preflight is OPTIONS with both of these. Any other OPTIONS is the app's to answer.
        if scope['method'] == 'OPTIONS' and origin is not None and method is not None:
            status, headers = preflight(scope, page, origin, method)
            await answer(send, status, headers)
            return
        started = False

        async def send_with_headers(message):
            # At the last moment, so that errors have the headers and the app's own do not stay.
            nonlocal started
            if message['type'] == 'http.response.start':
                started = True
                message = dict(message, headers=with_headers(message.get('headers', ()), page, origin))
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            if not started:
                # The server would answer it without headers.
                await answer(send_with_headers, 500, [(b'content-length', b'0')])
            raise


def get(scope, header):
    # Several lines are one value: two origins are then none that is listed.
    lines = [value for name, value in scope.get('headers', ()) if name == header]
    return b', '.join(lines) if lines else None


async def answer(send, status, headers):
    await send({'type': 'http.response.start', 'status': status, 'headers': headers})
    await send({'type': 'http.response.body', 'body': b''})


def preflight(scope, page, origin, method):
    headers = []
    if not page:
        headers.append((b'content-length', b'0'))
        return 403, headers
    headers.append((b'access-control-allow-origin', b'*'))
    headers.append((b'access-control-allow-methods', b'*'))
    headers.append((b'access-control-allow-headers', b'*, authorization'))
    return 204, headers


def with_headers(headers, page, origin):
    ours = [(name, value) for name, value in headers if name.lower() not in REPLACED]
    ours.append((b'access-control-allow-origin', b'*'))
    ours.append((b'timing-allow-origin', b'*'))
    if page:
        ours.append((b'access-control-expose-headers', b'*'))
    return ours
