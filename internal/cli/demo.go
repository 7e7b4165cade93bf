package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/demofetch"
)

const demoHelp = `  corscope demo
  corscope demo 5
  corscope demo --serve

Tells CORS as a story in six scenes, on servers that it starts itself on this machine,
with real names and real certificates; no network is needed. Every line comes from a
real fetch over real sockets, told as corscope explain tells it.

With --serve the servers stay open on localhost ports until Ctrl-C, to try with
corscope explain, curl or a browser.

`

type demoFlags struct {
	serve   bool
	asJSON  bool
	width   int
	colour  string
	verbose bool
}

func (r *run) demoCommand() *cobra.Command {
	var f demoFlags
	scene := 0
	c := &cobra.Command{
		Use:   "demo [SCENE]",
		Short: "See CORS at work in six scenes, on servers of its own",
		Long:  demoHelp,
		Args: func(_ *cobra.Command, args []string) error {
			scenes := len(demo.Scenes())
			hint := fmt.Sprintf("give a number from 1 to %d, or none for all", scenes)
			switch {
			case len(args) == 0:
				return nil
			case len(args) > 1:
				return &usageError{Code: codeUsage, Message: "demo plays one scene or all", Hint: hint}
			case f.serve:
				return &usageError{Code: codeUsage, Message: "--serve opens the servers of all scenes", Hint: "leave out the number"}
			}
			n, err := strconv.Atoi(args[0])
			if err != nil || n < 1 || n > scenes {
				return &usageError{Code: codeUsage, Message: "there is no scene " + quote(args[0]), Hint: hint}
			}
			scene = n
			return nil
		},
		ValidArgs: []string{"1", "2", "3", "4", "5", "6"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			style, width, err := r.env.layout(f.colour)
			if err != nil {
				return err
			}
			if f.width != 0 {
				if f.width < minWidth || f.width > 1000 {
					return &usageError{Code: codeFlagValue, Message: fmt.Sprintf("--width cannot be %d", f.width), Hint: fmt.Sprintf("give a number from %d to 1000", minWidth)}
				}
				width = f.width
			}
			o := renderOptions{Style: style, Width: width, Verbose: f.verbose, Compact: !f.verbose}
			if f.serve {
				return r.serveDemo(cmd.Context(), o, f.asJSON)
			}
			return r.playDemo(cmd.Context(), scene, o, f.asJSON)
		},
	}
	fl := c.Flags()
	fl.SortFlags = false
	fl.BoolVar(&f.serve, "serve", false, "keep the servers open on localhost ports and print what to try")
	fl.BoolVar(&f.asJSON, "json", false, "print the traces as JSON, and nothing else, on standard output")
	fl.IntVar(&f.width, "width", 0, "the `COLUMNS` of a line; the default is the terminal's, or 80")
	defineColour(fl, &f.colour)
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "tell each fetch in full")
	complete(c, map[string][]string{"color": colours})
	return c
}

// player plays scenes in one world.
type player struct {
	world *demo.World
	seen  int // the number of the last request in the world's record
	// agents are the browsers of the current scene, by their SameSite default.
	agents map[demo.SameSite]*fetch.Agent
	raw    fetch.Transport // what curl has: no rules
	// asks: the further requests of explain are made too, after each step. Told as a story they would be in the way.
	asks bool
}

// playDemo plays one scene, or all for 0.
func (r *run) playDemo(ctx context.Context, only int, o renderOptions, asJSON bool) error {
	world, err := demo.Start(ctx)
	if err != nil {
		return err
	}
	defer world.Close()
	p := &player{world: world, asks: asJSON}
	p.raw, err = p.transport()
	if err != nil {
		return err
	}
	scenes := demo.Scenes()
	told := []sceneDocument{}
	for _, scene := range scenes {
		if only != 0 && scene.Number != only {
			continue
		}
		takes, err := p.play(ctx, scene)
		if err != nil {
			return err
		}
		if asJSON {
			told = append(told, sceneDocument{scene.Number, scene.Title, scene.Story, takes, scene.Moral})
			continue
		}
		// Scene by scene, so that the first is read while the others are played.
		if _, err := io.WriteString(r.env.Stdout, renderScene(scene, len(scenes), takes, o)); err != nil {
			return err
		}
	}
	if asJSON {
		return r.writeJSON(struct {
			Version int             `json:"version"`
			Scenes  []sceneDocument `json:"scenes"`
		}{jsonVersion, told})
	}
	if only == 0 {
		_, err = fmt.Fprintln(r.env.Stdout, "Next: corscope demo --serve keeps such servers open to try; corscope explain URL --from PAGE looks at yours.")
	}
	return err
}

// take is one step of a scene as it was played.
type take struct {
	Lead string `json:"lead"`
	// Result is nil for curl, Answer is nil for the browser.
	Result *document     `json:"browser,omitempty"`
	Answer *curlDocument `json:"curl,omitempty"`
	// Did is what the servers really did.
	Did []string `json:"did"`

	result *result
}

type curlDocument struct {
	Command string           `json:"command"`
	Status  int              `json:"status"`
	Headers fetch.HeaderList `json:"headers"`
	Body    string           `json:"body"`
}

type sceneDocument struct {
	Number int    `json:"number"`
	Title  string `json:"title"`
	Story  string `json:"story"`
	Takes  []take `json:"steps"`
	Moral  string `json:"moral"`
}

// transport reaches the world and nothing else.
func (p *player) transport() (fetch.Transport, error) {
	config, err := demofetch.Network(p.world)
	if err != nil {
		return nil, err
	}
	return fetch.NewNetTransport(config)
}

// play plays a scene in browsers of its own.
func (p *player) play(ctx context.Context, scene demo.Scene) ([]take, error) {
	p.agents = make(map[demo.SameSite]*fetch.Agent)
	defer func() {
		for _, a := range p.agents {
			a.Close()
		}
	}()
	var takes []take
	for i, step := range scene.Steps {
		t, err := p.step(ctx, step)
		if err != nil {
			return nil, fmt.Errorf("scene %d, step %d: %w", scene.Number, i+1, err)
		}
		takes = append(takes, *t)
	}
	return takes, nil
}

func (p *player) step(ctx context.Context, step demo.Step) (*take, error) {
	t := &take{Lead: step.Lead}
	var err error
	if step.As == demo.Curl {
		t.Answer, err = p.curl(ctx, step.Call)
		t.Did = p.did()
		return t, err
	}
	if t.result, err = p.browse(ctx, step); err != nil {
		return nil, err
	}
	t.Did, t.Result = t.result.deeds, t.result.document()
	return t, nil
}

// did is what the servers did since it was asked the last time.
func (p *player) did() []string {
	did := []string{}
	for _, request := range p.world.Requests(p.seen) {
		p.seen = request.Number
		did = append(did, request.Did...)
	}
	return did
}

// browse makes a call as a browser.
func (p *player) browse(ctx context.Context, step demo.Step) (*result, error) {
	agent, err := p.agent(step.SameSite)
	if err != nil {
		return nil, err
	}
	for _, c := range step.Cookies {
		u, err := fetch.ParseHTTPURL(c.URL)
		if err != nil {
			return nil, err
		}
		agent.Jar().Set(u, c.Set, fetch.CookieContext{Policy: agent.Profile().Cookies})
	}
	page, err := agent.NewPage(fetch.PageConfig{URL: step.Page})
	if err != nil {
		return nil, err
	}
	heldCookies := agent.Jar().Len() > 0
	trace := new(fetch.Trace)
	response, err := page.Fetch(ctx, demofetch.Request(step.Call, trace))
	if err != nil {
		return nil, err
	}
	bodyErr := readStart(response)
	if got := string(response.Reason.Code); got != step.Want.Reason {
		return nil, fmt.Errorf("the story says %q and the browser %q", step.Want.Reason, got)
	}
	did := p.did()
	var probes []diagnose.Probe
	if p.asks {
		probes = (&asked{agent: agent, transport: p.raw, timeout: probeTime}).probes(ctx, trace)
		p.did() // what they made the servers do is no part of the story
	}
	shown, probes := maskedWith(trace, probes)
	result := judge(shown)
	result.requestBody, result.bodyErr, result.heldCookies, result.probes, result.deeds = []byte(step.Body), bodyErr, heldCookies, probes, did
	return result, nil
}

func (p *player) agent(s demo.SameSite) (*fetch.Agent, error) {
	if a, ok := p.agents[s]; ok {
		return a, nil
	}
	transport, err := p.transport()
	if err != nil {
		return nil, err
	}
	config := fetch.AgentConfig{Transport: transport}
	if s == demo.SameSiteLax {
		config.Profile = fetch.Profile{Name: "lax-by-default", Cookies: fetch.CookiePolicy{LaxByDefault: true}}
	}
	a, err := fetch.NewAgent(config)
	if err != nil {
		return nil, err
	}
	p.agents[s] = a
	return a, nil
}

// curl makes a call without any of the browser's rules.
func (p *player) curl(ctx context.Context, c demo.Call) (*curlDocument, error) {
	u, err := fetch.ParseHTTPURL(c.URL)
	if err != nil {
		return nil, err
	}
	m := &fetch.Message{Method: c.Method, URL: u}
	if m.Method == "" {
		m.Method = "GET"
	}
	for _, h := range c.Header {
		m.Headers = append(m.Headers, fetch.Header{Name: h.Name, Value: h.Value})
	}
	if c.Body != "" {
		m.Body = fetch.BytesBody([]byte(c.Body))
	}
	answer, err := p.raw.Exchange(ctx, m)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, startOfBody))
	if err != nil {
		return nil, err
	}
	asked := &fetch.Trace{Request: fetch.RequestRecord{Method: m.Method, URL: c.URL, Headers: m.Headers, BodySize: m.Body.Len()}}
	return &curlDocument{Command: curlCommand(asked, []byte(c.Body), ""), Status: answer.Status, Headers: answer.Headers, Body: string(body)}, nil
}
