package export

import (
	"fmt"
	"strconv"
	"strings"
)

var fastapiEngine = &engine{
	target:  FastAPI,
	title:   "FastAPI (ASGI)",
	aliases: []string{"asgi", "starlette", "quart"},
	needs:   "Python 3.8 or later; FastAPI, Starlette, Quart, Django's asgi.py or any other ASGI app; no other modules",
	departs: map[Feature]departure{
		FeatureSeveralPolicies: {level: LevelFull, text: "Put each policy, in a file of its own name, around the app of its path, as in app.mount('/api', CORS(api))."},
		FeatureOwnMethods:      {level: LevelPartly, text: "uvicorn with httptools answers 400 to methods that it does not know, whatever the policy says; with --http h11 it does not."},
		FeatureErrors:          {level: LevelFull, text: "An exception that the app lets through is answered with 500 and passed on. The 400 for a request that the server cannot read has no headers."},
		FeatureRejectRefused:   {level: LevelFull, text: "WebSockets of refused origins are closed before they open."},
	},
	render: renderFastAPI,
}

// asgi writes the module for ASGI (https://asgi.readthedocs.io/en/latest/specs/www.html).
type asgi struct{ python }

func renderFastAPI(p *plan) []File {
	w := &asgi{python{writer: &writer{comment: "# "}, plan: p, bytes: "b", request: "scope", status: strconv.Itoa}}
	w.value = func(header string) string { return fmt.Sprintf("get(scope, %s)", w.literal(strings.ToLower(header))) }
	w.name = func(header string) string { return w.literal(strings.ToLower(header)) }
	w.say(pythonFile+": put it around all that answers. FastAPI and Starlette:", "",
		"    from corscope_cors import CORS",
		"    build = app.build_middleware_stack",
		"    app.build_middleware_stack = lambda: CORS(build())", "",
		"Not with app.add_middleware: that is inside of what answers exceptions, and pages would",
		"get an empty 500 in place of its answer. Quart:", "",
		"    app.asgi_app = CORS(app.asgi_app)", "",
		"Django, in the asgi.py that the server is started with:", "",
		"    application = CORS(get_asgi_application())", "",
		"Any other app, at the end of its module:", "",
		"    app = CORS(app)", "")
	w.sayPolicy(p)
	w.line("")
	w.constants()
	w.block("class CORS:", func() {
		w.block("def __init__(self, app):", func() { w.line("self.app = app") })
		w.line("")
		w.block("async def __call__(self, scope, receive, send):", func() { w.call() })
	})
	w.between()
	w.block("def get(scope, header):", func() {
		w.say("Several lines are one value: two origins are then none that is listed.")
		w.line("lines = [value for name, value in scope.get('headers', ()) if name == header]")
		w.line("return b', '.join(lines) if lines else None")
	})
	w.between()
	w.block("async def answer(send, status, headers):", func() {
		w.line("await send({'type': 'http.response.start', 'status': status, 'headers': headers})")
		w.line("await send({'type': 'http.response.body', 'body': b''})")
	})
	w.functions()
	return []File{{pythonFile, "put it next to the app, and put it around the app", w.String()}}
}

// call writes what happens to a request.
func (w *asgi) call() {
	reject := w.plan.config.RejectRefusedRequests
	w.question()
	if reject {
		w.block("if refused and scope['type'] == 'websocket':", func() {
			w.say("Not yet open, it is answered with 403.")
			w.line("await send({'type': 'websocket.close', 'code': 1008})")
			w.line("return")
		})
	}
	w.say("WebSockets, and the start and the end of the app, are no matter of CORS.")
	w.block("if scope['type'] != 'http':", func() {
		w.line("await self.app(scope, receive, send)")
		w.line("return")
	})
	w.preflights("scope['method']", func() {
		w.line("await answer(send, status, headers)")
		w.line("return")
	})
	w.line("started = False")
	w.line("")
	w.block("async def send_with_headers(message):", func() {
		w.say("At the last moment, so that errors have the headers and the app's own do not stay.")
		w.line("nonlocal started")
		w.block("if message['type'] == 'http.response.start':", func() {
			w.line("started = True")
			w.line("message = dict(message, headers=with_headers(message.get('headers', ()), page, origin))")
		})
		w.line("await send(message)")
	})
	w.line("")
	if reject {
		w.block("if refused:", func() {
			w.line("await answer(send_with_headers, 403, [(b'content-length', b'0')])")
			w.line("return")
		})
	}
	w.block("try:", func() { w.line("await self.app(scope, receive, send_with_headers)") })
	w.block("except Exception:", func() {
		w.block("if not started:", func() {
			w.say("The server would answer it without headers.")
			w.line("await answer(send_with_headers, 500, [(b'content-length', b'0')])")
		})
		w.line("raise")
	})
}
