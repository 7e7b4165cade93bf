package servers

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/corscope/corscope/export"
)

// place is where a server stands: its own address, and those of what is behind it. What
// begins with /dead goes to the dead backend.
type place struct {
	dir                   string
	listen, backend, dead string
}

// engine starts a server with what is exported for a target.
type engine struct {
	target export.Target
	start  func(t *testing.T, name string, p place)
}

// engines are the servers by name: that of the target, or of a second one that has it.
var engines = map[string]engine{
	"nginx":      {export.Nginx, startNginx},
	"apache":     {export.Apache, startApache},
	"haproxy":    {export.HAProxy, startHAProxy},
	"caddy":      {export.Caddy, startCaddy},
	"express":    {export.Express, startExpress},
	"fastapi":    {export.FastAPI, startFastAPI},
	"flask":      {export.Flask, startFlask},
	"django":     {export.Flask, startDjango},
	"go":         {export.Go, func(t *testing.T, name string, p place) { startGo(t, export.Go, name, p) }},
	"go-rs-cors": {export.GoRSCors, func(t *testing.T, name string, p place) { startGo(t, export.GoRSCors, name, p) }},
}

// put writes a file from a template with {dir}, {listen}, {backend} and {dead}.
func (p place) put(t *testing.T, name, template string) string {
	t.Helper()
	path := filepath.Join(p.dir, name)
	text := strings.NewReplacer("{dir}", p.dir, "{listen}", p.listen, "{backend}", p.backend, "{dead}", p.dead).Replace(template)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func (p place) contents(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// elsewhere says which policies go to the other place that a file may have.
func elsewhere(name string) bool { return len(name)%2 == 1 }

// startNginx leaves the includes where they are said to go: in http and in server. One
// location has an add_header of its own, and so includes them again. Elsewhere they
// are in the locations only.
func startNginx(t *testing.T, name string, p place) {
	nginx := installed(t, "nginx")
	inServer, inLocation := "include {dir}/corscope-cors.conf;", ""
	if elsewhere(name) {
		inServer, inLocation = inLocation, inServer
	}
	config := p.put(t, "nginx.conf", `
daemon off;
master_process off;
pid {dir}/nginx.pid;
error_log stderr warn;
events { }
http {
    access_log off;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    include {dir}/corscope-maps.conf;
    server {
        listen {listen};
        `+inServer+`
        location / { `+inLocation+` proxy_pass http://{backend}; }
        location /own/ {
            add_header X-Own yes;
            include {dir}/corscope-cors.conf;
            proxy_pass http://{backend};
        }
        location /dead { `+inLocation+` proxy_pass http://{dead}; }
    }
}
`)
	start(t, p.listen, nginx, "-e", "stderr", "-p", p.dir, "-c", config)
}

func startApache(t *testing.T, _ string, p place) {
	apache := installed(t, "apache2")
	config := p.put(t, "apache.conf", `
ServerRoot {dir}
ServerName localhost
PidFile {dir}/apache.pid
DefaultRuntimeDir {dir}
ErrorLog /dev/stderr
LogLevel warn
User www-data
Group www-data
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule setenvif_module /usr/lib/apache2/modules/mod_setenvif.so
LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
Listen {listen}
<VirtualHost {listen}>
    Include {dir}/corscope-cors.conf
    ProxyPass /dead http://{dead}/ retry=0
    ProxyPass / http://{backend}/
</VirtualHost>
`)
	start(t, p.listen, apache, "-X", "-f", config)
}

// startHAProxy pastes the file into the frontend, elsewhere into the backends.
func startHAProxy(t *testing.T, name string, p place) {
	haproxy := installed(t, "haproxy")
	inFrontend, inBackend := p.contents(t, "corscope-cors.cfg"), ""
	if elsewhere(name) {
		inFrontend, inBackend = inBackend, inFrontend
	}
	config := p.put(t, "haproxy.cfg", `
global
    maxconn 100
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
    retries 0
frontend web
    bind {listen}
`+inFrontend+`
    use_backend dead if { path_beg /dead }
    default_backend app
backend app
`+inBackend+`
    server app {backend}
backend dead
`+inBackend+`
    server dead {dead}
`)
	start(t, p.listen, haproxy, "-db", "-f", config)
}

func startCaddy(t *testing.T, _ string, p place) {
	caddy := installed(t, "caddy")
	host, port, _ := strings.Cut(p.listen, ":")
	config := p.put(t, "Caddyfile", `{
	admin off
	auto_https off
}
import {dir}/corscope-cors.caddy
http://:`+port+` {
	bind `+host+`
	route /dead* {
		import cors
		reverse_proxy {dead} {
			import cors_backend
		}
	}
	route {
		import cors
		reverse_proxy {backend} {
			import cors_backend
		}
	}
}
`)
	start(t, p.listen, caddy, "run", "--config", config, "--adapter", "caddyfile")
}

// startExpress runs an app that passes on what the backend says, headers in writeHead
// as proxies do, and raises an error where the backend is dead.
func startExpress(t *testing.T, _ string, p place) {
	node, modules := expressModules(t)
	app := p.put(t, "app.cjs", `
const http = require('node:http')
const express = require('express')
const app = express()
app.use(require('./corscope-cors.cjs'))
app.use((req, res, next) => {
  const [host, port] = (req.path.startsWith('/dead') ? '{dead}' : '{backend}').split(':')
  const upstream = http.request({ host, port, method: req.method, path: req.url, headers: req.headers }, answer => {
    if (req.path.startsWith('/status/404')) res.writeHead(answer.statusCode, answer.headers)
    else if (req.path.startsWith('/status/500')) res.writeHead(answer.statusCode, 'Oh no', answer.rawHeaders)
    else for (const [name, value] of Object.entries(answer.headers)) res.setHeader(name, value)
    answer.pipe(res)
  })
  upstream.on('error', next)
  req.pipe(upstream)
})
const [host, port] = '{listen}'.split(':')
app.listen(Number(port), host)
`)
	if err := os.Symlink(modules, filepath.Join(p.dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	start(t, p.listen, node, app)
}

// expressVersion is the version that is tried.
const expressVersion = "5.1.0"

var express struct {
	once sync.Once
	dir  string
	err  error
}

// expressModules returns node and a node_modules with Express in it, installed once.
func expressModules(t *testing.T) (node, modules string) {
	t.Helper()
	npm := installed(t, "npm")
	node = installed(t, "node")
	express.once.Do(func() {
		express.dir = filepath.Join(shared, "express")
		if express.err = os.MkdirAll(express.dir, 0o755); express.err != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", express.dir, "express@"+expressVersion)
		cmd.Dir = express.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			express.err = fmt.Errorf("npm install express: %v: %s", err, tail(out))
		}
	})
	if express.err != nil {
		t.Skipf("Express is not here: %v", express.err)
	}
	return node, filepath.Join(express.dir, "node_modules")
}

var goServer struct {
	once sync.Once
	path string
	err  error
}

func startGo(t *testing.T, target export.Target, name string, p place) {
	goServer.once.Do(func() { goServer.path, goServer.err = buildGoServer() })
	if goServer.err != nil {
		t.Fatal(goServer.err)
	}
	start(t, p.listen, goServer.path, string(target)+"/"+name, p.listen, "http://"+p.backend, "http://"+p.dead)
}

// buildGoServer compiles goserver with all policies. Each exported file gets a package
// of its own and one line that makes its functions known; the files exist in the
// compiler's eyes only.
func buildGoServer() (string, error) {
	source, err := filepath.Abs("goserver")
	if err != nil {
		return "", err
	}
	scratch := filepath.Join(shared, "goserver")
	if err := os.MkdirAll(scratch, 0o755); err != nil {
		return "", err
	}
	overlay := map[string]string{}
	add := func(path, text string) error {
		real := filepath.Join(scratch, fmt.Sprintf("%d.go", len(overlay)))
		overlay[filepath.Join(source, path)] = real
		return os.WriteFile(real, []byte(text), 0o644)
	}
	var imports, table strings.Builder
	for name, config := range policies {
		for _, target := range []export.Target{export.Go, export.GoRSCors} {
			if name == fullest {
				config = fullestFor(target)
			}
			artifact, err := export.Render(config, target)
			if err != nil {
				continue // TestVerdicts tells which may be refused.
			}
			pkg := fmt.Sprintf("p%d", len(overlay))
			wrap, strip := "return proxyWithCORS(next)", "func(*http.Response) error { return nil }"
			if target == export.GoRSCors {
				wrap, strip = "return withCORS(next), nil", "withoutCORS"
			}
			if err := add(filepath.Join(pkg, "cors.go"), strings.Replace(artifact.Files[0].Content, "package main\n", "package "+pkg+"\n", 1)); err != nil {
				return "", err
			}
			known := "package " + pkg + "\nimport \"net/http\"\nfunc Wrap(next http.Handler) (http.Handler, error) { " + wrap + " }\nvar Strip = " + strip + "\n"
			if err := add(filepath.Join(pkg, "known.go"), known); err != nil {
				return "", err
			}
			fmt.Fprintf(&imports, "import %q\n", "github.com/corscope/corscope/e2e-servers/goserver/"+pkg)
			fmt.Fprintf(&table, "policies[%q] = policy{%s.Wrap, %[2]s.Strip}\n", string(target)+"/"+name, pkg)
		}
	}
	if err := add("overlaid.go", "package main\n"+imports.String()+"func init() {\n"+table.String()+"}\n"); err != nil {
		return "", err
	}
	replace, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return "", err
	}
	file := filepath.Join(scratch, "overlay.json")
	if err := os.WriteFile(file, replace, 0o644); err != nil {
		return "", err
	}
	binary := filepath.Join(scratch, "goserver")
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "go", "build", "-overlay", file, "-o", binary, "./goserver").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %v: %s", err, tail(out))
	}
	return binary, nil
}
