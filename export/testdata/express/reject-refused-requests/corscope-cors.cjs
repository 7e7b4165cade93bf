// corscope-cors.cjs: use it before everything else, logins too:
//
//     const cors = require('./corscope-cors.cjs')
//     app.use(cors)
//
// These pages may read, with credentials:
//   https://app.example.com

'use strict'

// Compared as they are: browsers write an origin in one way only.
const origins = new Set([
  'https://app.example.com'
])
const mayRead = origin => origins.has(origin)

function cors (req, res, next) {
  const origin = req.headers.origin
  const page = origin !== undefined && mayRead(origin)
  // A preflight is OPTIONS with both of these. Any other OPTIONS is the app's to answer.
  if (req.method === 'OPTIONS' && origin !== undefined && req.headers['access-control-request-method'] !== undefined) {
    res.statusCode = page ? 204 : 403
    if (page) {
      res.setHeader('Access-Control-Allow-Origin', origin)
      res.setHeader('Access-Control-Allow-Credentials', 'true')
    }
    return res.end()
  }
  // Refused, unless it is the site's own page that asks, or no page at all.
  const site = req.headers['sec-fetch-site']
  const own = site !== undefined ? site === 'same-origin' || site === 'none' : origin !== undefined && origin.split('://')[1] === req.headers.host
  const refused = origin !== undefined && !page && !own
  // At the last moment, so that errors have the headers and the app's own do not stay.
  const writeHead = res.writeHead
  res.writeHead = function (status, ...rest) {
    // Headers that come with the call, as from a proxy, would win: they are set first.
    const late = rest.find(arg => typeof arg === 'object' && arg !== null)
    if (Array.isArray(late)) {
      for (let i = 0; i < late.length; i += 2) res.removeHeader(late[i])
      for (let i = 0; i < late.length; i += 2) res.appendHeader(late[i], late[i + 1])
    } else if (late !== undefined) {
      for (const name of Object.keys(late)) res.setHeader(name, late[name])
    }
    setHeaders(res, page, origin)
    return writeHead.call(res, status, ...rest.filter(arg => typeof arg === 'string'))
  }
  if (refused) {
    res.statusCode = 403
    return res.end()
  }
  next()
}

function setHeaders (res, page, origin) {
  // Two of a kind are an error to browsers: only ours stay.
  res.removeHeader('Access-Control-Allow-Origin')
  res.removeHeader('Access-Control-Allow-Credentials')
  res.removeHeader('Access-Control-Allow-Methods')
  res.removeHeader('Access-Control-Allow-Headers')
  res.removeHeader('Access-Control-Max-Age')
  res.removeHeader('Access-Control-Expose-Headers')
  // On refusals and plain requests too: a cache must not give their answers to other pages.
  const vary = [].concat(res.getHeader('Vary') ?? []).join(', ')
  if (!/(^|[ ,])(origin|\*) *(,|$)/i.test(vary)) res.setHeader('Vary', vary === '' ? 'Origin' : vary + ', Origin')
  if (!page) return
  res.setHeader('Access-Control-Allow-Origin', origin)
  res.setHeader('Access-Control-Allow-Credentials', 'true')
}

module.exports = cors
