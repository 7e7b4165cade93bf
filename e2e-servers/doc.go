// Package servers tries what package export writes on the servers that it is written
// for: each is started on loopback in front of a small backend that sends wrong CORS
// headers of its own, and asked by package fetch. The verdicts must be those that
// package cors comes to.
//
// It is a module of its own because rs/cors is none of the project's dependencies. The
// tests want nginx, apache2, haproxy and caddy of Debian, its Python with uvicorn,
// gunicorn, FastAPI, Flask and Django, and npm; as root on Debian they install what is
// missing, and elsewhere skip those servers, saying so.
package servers
