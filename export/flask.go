package export

import (
	"fmt"
	"net/http"
	"strings"
)

var flaskEngine = &engine{
	target:  Flask,
	title:   "Flask, Django (WSGI)",
	aliases: []string{"wsgi", "django"},
	needs:   "Python 3.8 or later; Flask, Django or any other WSGI app; no other modules",
	departs: map[Feature]departure{
		FeatureSeveralPolicies:   {level: LevelFull, text: "Put each policy, in a file of its own name, around the app of its path, as Werkzeug's DispatcherMiddleware joins them."},
		FeatureOwnMethods:        {level: LevelPartly, text: "gunicorn from version 22 on answers 400 to methods with small letters and to those of more than 20, whatever the policy says."},
		FeatureUnderscoreHeaders: {level: LevelPartly, text: "WSGI has the same name for an underscore and a hyphen: gunicorn from version 22 on and Django's runserver drop request headers with an underscore before the app sees them."},
		FeatureErrors:            {level: LevelPartly, text: "An exception that the app lets through is answered by the server, without headers: Flask and Django answer theirs, but with app.run(debug=True) Flask leaves them to its debugger. Django's runserver answers for static files itself."},
	},
	render: renderFlask,
}

// wsgi writes the module for WSGI (https://peps.python.org/pep-3333/).
type wsgi struct{ python }

func renderFlask(p *plan) []File {
	w := &wsgi{python{writer: &writer{comment: "# "}, plan: p, request: "environ", status: wsgiStatus}}
	w.value = func(header string) string {
		return fmt.Sprintf("environ.get('HTTP_%s')", strings.ToUpper(strings.ReplaceAll(header, "-", "_")))
	}
	w.name = w.literal
	w.say(pythonFile+": put it around all of the app. Flask:", "",
		"    from corscope_cors import CORS",
		"    app.wsgi_app = CORS(app.wsgi_app)", "",
		"Django, in the wsgi.py that WSGI_APPLICATION names:", "",
		"    application = CORS(get_wsgi_application())", "")
	w.sayPolicy(p)
	w.line("")
	w.constants()
	w.block("class CORS:", func() {
		w.block("def __init__(self, app):", func() { w.line("self.app = app") })
		w.line("")
		w.block("def __call__(self, environ, start_response):", func() { w.call() })
	})
	w.functions()
	return []File{{pythonFile, "put it next to the app, and put it around the app", w.String()}}
}

// wsgiStatus writes a status line.
func wsgiStatus(code int) string {
	text := http.StatusText(code)
	if text == "" {
		text = "OK"
	}
	return fmt.Sprintf("'%d %s'", code, text)
}

// call writes what happens to a request. Servers join several lines of a header with a
// comma (https://datatracker.ietf.org/doc/html/rfc3875#section-4.1.18), so that two
// origins are none that is listed.
func (w *wsgi) call() {
	w.question()
	w.preflights("environ['REQUEST_METHOD']", func() {
		w.line("start_response(status, headers)")
		w.line("return []")
	})
	w.line("")
	w.block("def start_with_headers(status, headers, *exc_info):", func() {
		w.say("At the last moment, so that errors have the headers and the app's own do not stay.")
		w.line("return start_response(status, with_headers(headers, page, origin), *exc_info)")
	})
	w.line("")
	if w.plan.config.RejectRefusedRequests {
		w.block("if refused:", func() {
			w.line("start_with_headers(%s, [('Content-Length', '0')])", wsgiStatus(403))
			w.line("return []")
		})
	}
	w.line("return self.app(environ, start_with_headers)")
}
