# corscope_cors.py: put it around all of the app. Flask:
#
#     from corscope_cors import CORS
#     app.wsgi_app = CORS(app.wsgi_app)
#
# Django, in the wsgi.py that WSGI_APPLICATION names:
#
#     application = CORS(get_wsgi_application())
#
# These pages may read, with credentials:
#   https://app.example.com
#
# NOTE: An exception that the app lets through is answered by the server, without headers:
#       Flask and Django answer theirs, but with app.run(debug=True) Flask leaves them to
#       its debugger. Django's runserver answers for static files itself.

# Compared as they are: browsers write an origin in one way only.
ORIGINS = frozenset([
    'https://app.example.com',
])
# Two of a kind are an error to browsers: only ours stay.
REPLACED = frozenset([
    'access-control-allow-origin',
    'access-control-allow-credentials',
    'access-control-allow-methods',
    'access-control-allow-headers',
    'access-control-max-age',
    'access-control-expose-headers',
])


def may_read(origin):
    return origin in ORIGINS


class CORS:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        origin = environ.get('HTTP_ORIGIN')
        page = origin is not None and may_read(origin)
        method = environ.get('HTTP_ACCESS_CONTROL_REQUEST_METHOD')
        # A preflight is OPTIONS with both of these. Any other OPTIONS is the app's to answer.
        if environ['REQUEST_METHOD'] == 'OPTIONS' and origin is not None and method is not None:
            status, headers = preflight(environ, page, origin, method)
            start_response(status, headers)
            return []

        def start_with_headers(status, headers, *exc_info):
            # At the last moment, so that errors have the headers and the app's own do not stay.
            return start_response(status, with_headers(headers, page, origin), *exc_info)

        return self.app(environ, start_with_headers)


def preflight(environ, page, origin, method):
    headers = []
    if not page:
        headers.append(('Content-Length', '0'))
        return '403 Forbidden', headers
    headers.append(('Access-Control-Allow-Origin', origin))
    headers.append(('Access-Control-Allow-Credentials', 'true'))
    # With credentials * is no wildcard to browsers: what was asked for is said back.
    headers.append(('Access-Control-Allow-Methods', 'PUT'))
    asked = environ.get('HTTP_ACCESS_CONTROL_REQUEST_HEADERS')
    if asked is not None:
        headers.append(('Access-Control-Allow-Headers', asked))
    return '204 No Content', headers


def with_headers(headers, page, origin):
    ours = [(name, value) for name, value in headers if name.lower() not in REPLACED]
    # On refusals and plain requests too: a cache must not give their answers to other pages.
    vary = ', '.join(value for name, value in ours if name.lower() == 'vary')
    if not {'origin', '*'} & {name.strip().lower() for name in vary.split(',')}:
        ours = [(name, value) for name, value in ours if name.lower() != 'vary']
        ours.append(('Vary', vary + ', Origin' if vary else 'Origin'))
    if page:
        ours.append(('Access-Control-Allow-Origin', origin))
        ours.append(('Access-Control-Allow-Credentials', 'true'))
    return ours
