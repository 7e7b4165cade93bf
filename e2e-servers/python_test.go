package servers

import (
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corscope/corscope/export"
)

// pythonRelay is what the Python apps have in common: they pass on what the backend says,
// and raise an error where it is dead.
const pythonRelay = `
import http.client

METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'PURGE', 'PUTT', 'OPTIONS']

def relay(method, path, headers, body):
    backend = http.client.HTTPConnection('{dead}' if path.startswith('/dead') else '{backend}', timeout=20)
    try:
        backend.request(method, path, body, {n: v for n, v in headers if n.lower() not in ('host', 'connection', 'content-length')})
        answer = backend.getresponse()
        headers = [(n, v) for n, v in answer.getheaders() if n.lower() not in ('connection', 'date', 'content-length', 'transfer-encoding')]
        return answer.status, headers, answer.read()
    finally:
        backend.close()
`

// aroundAll is what the file says for FastAPI.
const aroundAll = "build = app.build_middleware_stack\napp.build_middleware_stack = lambda: CORS(build())"

// startFastAPI puts the policy around what FastAPI builds, and elsewhere around the app.
func startFastAPI(t *testing.T, name string, p place) {
	around := aroundAll
	if elsewhere(name) {
		around = "app = CORS(app)"
	}
	startUvicorn(t, p, around)
}

func startUvicorn(t *testing.T, p place, around string) {
	t.Helper()
	python := installed(t, "python3")
	installed(t, "uvicorn")
	installed(t, "fastapi")
	p.put(t, "relay.py", pythonRelay)
	p.put(t, "main.py", `
from fastapi import FastAPI, Request, Response, WebSocket
from starlette.concurrency import run_in_threadpool

from corscope_cors import CORS
from relay import METHODS, relay

app = FastAPI()
started = []

@app.on_event('startup')
def start():
    started.append(True)

@app.api_route('/{path:path}', methods=METHODS)
async def passed(request: Request):
    assert started
    status, headers, body = await run_in_threadpool(relay, request.method, request.url.path, request.headers.items(), await request.body())
    response = Response(body, status)
    for name, value in headers:
        response.headers.append(name, value)
    return response

@app.websocket('/socket')
async def socket(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()

`+around+"\n")
	host, port, _ := net.SplitHostPort(p.listen)
	start(t, p.listen, python, "-m", "uvicorn", "--app-dir", p.dir, "--host", host, "--port", port, "--http", "h11", "--ws", "wsproto", "--no-access-log", "main:app")
}

// startFlask runs it with gunicorn, and elsewhere with Flask's own server.
func startFlask(t *testing.T, name string, p place) {
	python := installed(t, "python3")
	installed(t, "flask")
	p.put(t, "relay.py", pythonRelay)
	p.put(t, "main.py", `
from flask import Flask, Response, request

from corscope_cors import CORS
from relay import METHODS, relay

app = Flask(__name__)

@app.route('/', defaults={'path': ''}, methods=METHODS, provide_automatic_options=False)
@app.route('/<path:path>', methods=METHODS, provide_automatic_options=False)
def passed(path):
    status, headers, body = relay(request.method, request.path, request.headers.items(), request.get_data())
    return Response(body, status, headers)

app.wsgi_app = CORS(app.wsgi_app)
`)
	if !elsewhere(name) {
		startGunicorn(t, p, "main:app")
		return
	}
	host, port, _ := net.SplitHostPort(p.listen)
	start(t, p.listen, python, "-m", "flask", "--app", filepath.Join(p.dir, "main"), "run", "--host", host, "--port", port)
}

func startGunicorn(t *testing.T, p place, app string) {
	t.Helper()
	installed(t, "gunicorn")
	start(t, p.listen, installed(t, "python3"), "-m", "gunicorn", "--chdir", p.dir, "--bind", p.listen, "--worker-class", "gthread", "--threads", "4", app)
}

// startDjango runs it with gunicorn, and elsewhere with runserver.
func startDjango(t *testing.T, name string, p place) {
	python := installed(t, "python3")
	installed(t, "django")
	p.put(t, "relay.py", pythonRelay)
	p.put(t, "settings.py", `
SECRET_KEY = 'of a test'
ALLOWED_HOSTS = ['*']
ROOT_URLCONF = 'urls'
WSGI_APPLICATION = 'wsgi.application'
MIDDLEWARE = []
`)
	p.put(t, "urls.py", `
from django.http import HttpResponse
from django.urls import re_path

from relay import relay

def passed(request):
    status, headers, body = relay(request.method, request.path, request.headers.items(), request.body)
    response = HttpResponse(body, status=status)
    for name, value in headers:
        response[name] = value
    return response

urlpatterns = [re_path('', passed)]
`)
	p.put(t, "wsgi.py", `
import os

from django.core.wsgi import get_wsgi_application

from corscope_cors import CORS

os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'
application = CORS(get_wsgi_application())
`)
	if !elsewhere(name) {
		startGunicorn(t, p, "wsgi:application")
		return
	}
	// With threads it keeps connections, and writes so that each request waits for a
	// delayed acknowledgement.
	start(t, p.listen, python, "-m", "django", "runserver", "--pythonpath", p.dir, "--settings", "settings", "--noreload", "--nothreading", p.listen)
}

// TestAnswersToExceptionsAreTheApps holds what the file for FastAPI says against
// add_middleware.
func TestAnswersToExceptionsAreTheApps(t *testing.T) {
	artifact, err := export.Render(policies["one-origin"], export.FastAPI)
	if err != nil {
		t.Fatal(err)
	}
	for around, want := range map[string]string{
		aroundAll:                  "content-length: 21\r\n", // Internal Server Error
		"app = CORS(app)":          "content-length: 21\r\n",
		"app.add_middleware(CORS)": "content-length: 0\r\n",
	} {
		t.Run(around, func(t *testing.T) {
			p := place{dir: t.TempDir(), listen: freeAddress(t), backend: deadAddress(t), dead: deadAddress(t)}
			for _, f := range artifact.Files {
				p.put(t, f.Name, f.Content)
			}
			startUvicorn(t, p, around)
			head := exchange(t, p.listen, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nOrigin: https://app.example.com\r\n\r\n")
			for _, part := range []string{"http/1.1 500 ", "access-control-allow-origin: https://app.example.com\r\n", want} {
				if !strings.Contains(head, part) {
					t.Errorf("no %q in\n%s", part, head)
				}
			}
		})
	}
}

// TestWebSockets asks for them: they are no matter of CORS, unless refused requests are
// to be rejected.
func TestWebSockets(t *testing.T) {
	for _, c := range []struct {
		name, policy, origin, want string
	}{
		{"an allowed page", "reject-refused-requests", "https://app.example.com", "101"},
		{"another page, where refused requests are rejected", "reject-refused-requests", "https://evil.example", "403"},
		{"another page, where they are not", "one-origin", "https://evil.example", "101"},
		{"no page", "reject-refused-requests", "", "101"},
	} {
		t.Run(c.name, func(t *testing.T) {
			artifact, err := export.Render(policies[c.policy], export.FastAPI)
			if err != nil {
				t.Fatal(err)
			}
			p := place{dir: t.TempDir(), listen: freeAddress(t), backend: deadAddress(t), dead: deadAddress(t)}
			for _, f := range artifact.Files {
				p.put(t, f.Name, f.Content)
			}
			startUvicorn(t, p, "app = CORS(app)")
			request := "GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
			if c.origin != "" {
				request += "Origin: " + c.origin + "\r\n"
			}
			head := exchange(t, p.listen, request+"\r\n")
			if !strings.HasPrefix(head, "http/1.1 "+c.want+" ") {
				t.Errorf("answered with\n%s", head)
			}
		})
	}
}

// TestWSGIIsKept runs the module between an app that does all that WSGI allows and the
// validator of Python's own wsgiref.
func TestWSGIIsKept(t *testing.T) {
	artifact, err := export.Render(policies["one-origin"], export.Flask)
	if err != nil {
		t.Fatal(err)
	}
	p := place{dir: t.TempDir()}
	for _, f := range artifact.Files {
		p.put(t, f.Name, f.Content)
	}
	script := p.put(t, "check.py", `
import io
import sys
from wsgiref.handlers import SimpleHandler
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

from corscope_cors import CORS

closed = []

class Body:
    def __iter__(self):
        return iter([b'body'])

    def close(self):
        closed.append(True)

def app(environ, start_response):
    plain = [('Content-Type', 'text/plain'), ('Access-Control-Allow-Origin', '*'), ('vary', 'Accept'), ('Vary', 'Cookie')]
    write = start_response('200 OK', plain)
    if environ['PATH_INFO'] == '/write':
        write(b'written ')
    if environ['PATH_INFO'] == '/error':
        try:
            raise ValueError
        except ValueError:
            start_response('500 Oh no', plain, sys.exc_info())
    return Body()

def ask(path, method='GET', outside=validator, **headers):
    environ = {'PATH_INFO': path, 'SCRIPT_NAME': '', 'QUERY_STRING': '', 'REQUEST_METHOD': method, 'HTTP_ORIGIN': 'https://app.example.com', **headers}
    setup_testing_defaults(environ)
    out = io.BytesIO()
    handler = SimpleHandler(io.BytesIO(), out, sys.stderr, environ)
    handler.run(outside(CORS(validator(app))))
    return out.getvalue().decode('latin-1')

def expect(answer, *parts):
    for part in parts:
        assert part in answer, (part, answer)
    assert 'Origin: *' not in answer, answer

ours = 'Access-Control-Allow-Origin: https://app.example.com\r\n'
merged = 'Vary: Accept, Cookie, Origin\r\n'
expect(ask('/'), '200 OK', ours, merged, '\r\n\r\nbody')
expect(ask('/write'), '200 OK', ours, merged, '\r\n\r\nwritten body')
expect(ask('/error'), '500 Oh no', ours, merged, '\r\n\r\nbody')
assert len(closed) == 3, closed
expect(ask('/', 'OPTIONS', HTTP_ACCESS_CONTROL_REQUEST_METHOD='PUT'), '204 No Content', ours)
# The validator wants a Content-Type even where there is no content.
expect(ask('/', 'OPTIONS', lambda app: app, HTTP_ACCESS_CONTROL_REQUEST_METHOD='PUT', HTTP_ORIGIN='https://evil.example'), '403 Forbidden')
expect(ask('/', HTTP_ORIGIN='https://app.example.com\n'), '200 OK', merged)
assert ours not in ask('/', HTTP_ORIGIN='https://app.example.com\n')
assert len(closed) == 5, closed
`)
	if out, err := exec.Command(installed(t, "python3"), "-W", "error", script).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, tail(out))
	}
}
