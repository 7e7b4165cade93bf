package origin_test

import (
	"errors"
	"fmt"

	"github.com/corscope/corscope/origin"
)

// Right: parse both, then compare values.
func Example() {
	page := origin.MustParse("http://localhost:5173")
	api := origin.MustParse("http://localhost:8080")
	fmt.Println(origin.SameOrigin(page, api))
	fmt.Println(origin.Compare(page, api))
	// Output:
	// false
	// same host, different port: 5173 and 8080
}

// Wrong: comparing a configured string with the Origin header. No browser ever sends the string on the left, so that it never matches.
func Example_wrong() {
	configured, header := "https://Example.com:443/", "https://example.com"
	fmt.Println(configured == header)

	_, err := origin.Parse(configured)
	fmt.Println(err)
	// Output:
	// false
	// origin: "https://Example.com:443/": upper case at byte 8: browsers send origins in lower case and compare them byte for byte; did you mean "https://example.com"?
}

func ExampleParse() {
	for _, s := range []string{"https://example.com", "https://example.com/app", "https://bücher.example", "null"} {
		o, err := origin.Parse(s)
		var e *origin.ParseError
		if errors.As(err, &e) {
			fmt.Printf("%s at byte %d; meant: %s\n", e.Code, e.Pos, e.Meant)
			continue
		}
		fmt.Printf("%s, opaque: %v\n", o, o.IsOpaque())
	}
	// Output:
	// https://example.com, opaque: false
	// path at byte 19; meant: https://example.com
	// non-ascii-host at byte 9; meant: https://xn--bcher-kva.example
	// null, opaque: true
}

func ExampleCompare() {
	page := origin.MustParse("https://app.example.com")
	for _, s := range []string{"https://api.example.com", "http://app.example.com", "https://example.org", "https://app.example.com"} {
		fmt.Println(origin.Compare(page, origin.MustParse(s)))
	}
	// Output:
	// different host: app.example.com and api.example.com (same site)
	// same host, different scheme: https and http, and with it the default port: 443 and 80
	// different host: app.example.com and example.org (cross-site)
	// same origin: https://app.example.com
}

func ExampleSameSite() {
	alice, bob := origin.MustParse("https://alice.github.io"), origin.MustParse("https://bob.github.io")
	fmt.Println(origin.SameSite(alice, bob), alice.Site())
	// Output: false https://alice.github.io
}
