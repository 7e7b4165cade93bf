package demo

// Parts of what the servers answer.
const (
	readsUser    = `"name":"Ada"`
	readsNews    = `"headline":`
	readsBalance = `"balance":"` + balance + `"`
)

// story returns the scenes with roles instead of addresses.
func story() []Scene {
	return []Scene{
		{
			Number: 1,
			Title:  "One origin: CORS plays no part",
			Story: "The page and the API share scheme, host and port. That is one origin, and the browser asks nobody. " +
				"A development server that rewrites /api to your backend gives you the same.",
			Steps: []Step{{
				Lead: "The page asks its own server for a user.",
				As:   Browser,
				Call: Call{Page: "{app}/", URL: "{app}/api/users/7"},
				Want: Want{Status: 200, Reads: readsUser, Requests: []string{"GET /api/users/7"}, Did: []string{"read user 7"}},
			}},
			Moral: "No second origin, no CORS. If you can serve page and API from one origin, you are done.",
		},
		{
			Number: 2,
			Title:  "Another origin, no permission: the answer is withheld",
			Story: "Now the API lives at {api}. It says nothing about CORS. " +
				"Watch the server: it gets the request and does its work. Only the page may not read the answer.",
			Steps: []Step{
				{
					Lead: "The page asks the API for the news.",
					As:   Browser,
					Call: Call{Page: "{app}/", URL: "{api}/news"},
					Want: Want{
						Reason: "allow-origin-missing", Phase: "request", Status: 200,
						Requests: []string{"GET /news"}, Did: []string{"read the news"},
					},
				},
				{
					Lead: "curl asks the same. It shows no page to anybody, so there is no rule to apply.",
					As:   Curl,
					Call: Call{URL: "{api}/news"},
					Want: Want{Status: 200, Reads: readsNews, Requests: []string{"GET /news"}, Did: []string{"read the news"}},
				},
				{
					Lead: "The page posts a comment. It may not read the answer, and the comment is stored all the same.",
					As:   Browser,
					Call: Call{
						Page: "{app}/", Method: "POST", URL: "{api}/comments",
						Header: []Field{{"Content-Type", "text/plain"}}, Body: "First!",
					},
					Want: Want{
						Reason: "allow-origin-missing", Phase: "request", Status: 201,
						Requests: []string{"POST /comments"}, Did: []string{"stored comment 1"},
					},
				},
			},
			Moral: "CORS guards the reading of answers. It does not stop a request.",
		},
		{
			Number: 3,
			Title:  "The bank: whom the rule protects",
			Story: "Alice logs in at her bank. In another tab she opens an evil page. " +
				"The browser sends her cookie along, whoever asks. Watch where her balance goes.",
			Steps: []Step{
				{
					Lead: "Alice logs in, on the bank's own page. The bank gives her browser a cookie.",
					As:   Browser,
					Call: Call{
						Page: "{bank}/", Method: "POST", URL: "{bank}/login",
						Header: []Field{{"Content-Type", "application/x-www-form-urlencoded"}},
						Body:   "user=" + username + "&password=" + password,
					},
					Want: Want{
						Status: 200, Reads: `"welcome":"` + customer + `"`,
						Requests: []string{"POST /login"}, Did: []string{"logged " + customer + " in"},
					},
				},
				{
					Lead: "The evil page asks for the balance. It comes, as far as the browser. The page gets nothing.",
					As:   Browser,
					Call: Call{Page: "{evil}/", URL: "{bank}/balance", Credentials: "include"},
					Want: Want{
						Reason: "allow-origin-missing", Phase: "request", Status: 200,
						Requests: []string{"GET /balance"}, Did: []string{"read the balance of " + customer},
					},
				},
				{
					Lead: "A careless corner of the bank echoes any origin and allows credentials. Here the evil page reads it all.",
					As:   Browser,
					Call: Call{Page: "{evil}/", URL: "{bank}/mobile/balance", Credentials: "include"},
					Want: Want{
						Status: 200, Reads: readsBalance,
						Requests: []string{"GET /mobile/balance"}, Did: []string{"read the balance of " + customer},
					},
				},
				{
					Lead: "The same in a browser that takes a cookie without SameSite as Lax, as Chromium does. " +
						"The cookie stays home, and the bank sees a stranger.",
					As:       Browser,
					Call:     Call{Page: "{evil}/", URL: "{bank}/mobile/balance", Credentials: "include"},
					Cookies:  []Cookie{{URL: "{bank}/", Set: "session=" + username + "-1; Path=/; HttpOnly"}},
					SameSite: SameSiteLax,
					Want: Want{
						Status: 401, Reads: "log in first",
						Requests: []string{"GET /mobile/balance"}, Did: []string{"refused: nobody is logged in"},
					},
				},
			},
			Moral: "Never echo an origin that you did not check. Write SameSite into every cookie: not all browsers have the same default.",
		},
		{
			Number: 4,
			Title:  "One header lets the page read",
			Story: "The same news, with one new line in the answer: Access-Control-Allow-Origin: {app}. " +
				"It names one page's origin, and the browser compares letter by letter.",
			Steps: []Step{
				{
					Lead: "The page asks again, and reads.",
					As:   Browser,
					Call: Call{Page: "{app}/", URL: "{api}/v2/news"},
					Want: Want{Status: 200, Reads: readsNews, Requests: []string{"GET /v2/news"}, Did: []string{"read the news"}},
				},
				{
					Lead: "The evil page asks too. The answer names somebody else.",
					As:   Browser,
					Call: Call{Page: "{evil}/", URL: "{api}/v2/news"},
					Want: Want{
						Reason: "allow-origin-mismatch", Phase: "request", Status: 200,
						Requests: []string{"GET /v2/news"}, Did: []string{"read the news"},
					},
				},
			},
			Moral: "The server gives the permission, never the page. No option of fetch() can replace it.",
		},
		{
			Number: 5,
			Title:  "DELETE: the browser asks first",
			Story: "A form could never send DELETE or an Authorization header, so old servers do not expect them from strangers. " +
				"The browser asks with OPTIONS before it sends such a request. Watch which requests reach the server.",
			Steps: []Step{
				{
					Lead: "The API allows it: first the question, then the real request.",
					As:   Browser,
					Call: Call{
						Page: "{app}/", Method: "DELETE", URL: "{api}/v2/users/7",
						Header: []Field{{"Authorization", "Bearer " + bearer}},
					},
					Want: Want{
						Status: 200, Reads: `"deleted":7`,
						Requests: []string{"OPTIONS /v2/users/7", "DELETE /v2/users/7"},
						Did:      []string{"answered the preflight, and touched nothing", "deleted user 7"},
					},
				},
				{
					Lead: "An older API forgot DELETE in its list. The real request never leaves the browser.",
					As:   Browser,
					Call: Call{
						Page: "{app}/", Method: "DELETE", URL: "{api}/v1/users/8",
						Header: []Field{{"Authorization", "Bearer " + bearer}},
					},
					Want: Want{
						Reason: "method-not-allowed", Phase: "preflight", Status: 204,
						Requests: []string{"OPTIONS /v1/users/8"},
						Did:      []string{"answered the preflight, and touched nothing"},
					},
				},
				{
					Lead: "User 8 is still there.",
					As:   Browser,
					Call: Call{Page: "{app}/", URL: "{app}/api/users/8"},
					Want: Want{Status: 200, Reads: `"name":"Grace"`, Requests: []string{"GET /api/users/8"}, Did: []string{"read user 8"}},
				},
			},
			Moral: "If the preflight fails, look at the answer to OPTIONS. The request itself was never sent.",
		},
		{
			Number: 6,
			Title:  "Cookies need two permissions",
			Story: "Ada has a cookie at the API and the page asks with credentials: \"include\". " +
				"Now the answer must name the page's origin and also say Access-Control-Allow-Credentials: true.",
			Steps: []Step{
				{
					Lead:    "The API allows everybody with a star. With cookies in play, a star counts for nothing.",
					As:      Browser,
					Call:    Call{Page: "{app}/", URL: "{api}/v1/me", Credentials: "include"},
					Cookies: adasCookie(),
					Want: Want{
						Reason: "allow-origin-wildcard-with-credentials", Phase: "request", Status: 200,
						Requests: []string{"GET /v1/me"}, Did: []string{"greeted Ada by her cookie"},
					},
				},
				{
					Lead: "The API names the page, and forgets to allow credentials.",
					As:   Browser,
					Call: Call{Page: "{app}/", URL: "{api}/v2/me", Credentials: "include"},
					Want: Want{
						Reason: "allow-credentials-missing", Phase: "request", Status: 200,
						Requests: []string{"GET /v2/me"}, Did: []string{"greeted Ada by her cookie"},
					},
				},
				{
					Lead: "Both are there.",
					As:   Browser,
					Call: Call{Page: "{app}/", URL: "{api}/v3/me", Credentials: "include"},
					Want: Want{
						Status: 200, Reads: `"hello":"Ada"`,
						Requests: []string{"GET /v3/me"}, Did: []string{"greeted Ada by her cookie"},
					},
				},
			},
			Moral: "With cookies: name the origin, allow credentials. Without: drop credentials: \"include\" and the star is fine.",
		},
	}
}

// adasCookie says its SameSite, and app and API are one site, so that it travels
// in every browser.
func adasCookie() []Cookie {
	return []Cookie{{URL: "{api}/", Set: "sid=ada-1; Path=/; HttpOnly; SameSite=Lax"}}
}
