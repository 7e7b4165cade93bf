package demofetch

import (
	"reflect"
	"slices"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
)

// ofThePage are the members of a call that are no option of fetch().
var ofThePage = []string{"Page", "PageHeader", "PageSpace", "Import"}

// A member that is added to demo.Call and forgotten here would make every test of the world ask for something else than its table says.
func TestEveryOptionOfACallReachesTheRequest(t *testing.T) {
	empty := Request(demo.Call{}, nil)
	fields := reflect.TypeFor[demo.Call]()
	for i := range fields.NumField() {
		field := fields.Field(i)
		if slices.Contains(ofThePage, field.Name) {
			continue
		}
		t.Run(field.Name, func(t *testing.T) {
			c := demo.Call{Body: "a body"} // without one, Stream says nothing
			if field.Name == "Body" {
				c.Body = ""
			}
			before := Request(c, nil)
			switch v := reflect.ValueOf(&c).Elem().Field(i); v.Interface().(type) {
			case string:
				v.SetString("x")
			case bool:
				v.SetBool(true)
			case []demo.Field:
				v.Set(reflect.ValueOf([]demo.Field{{Name: "X-Id", Value: "1"}}))
			default:
				t.Fatalf("no value of the type %s is known here", field.Type)
			}
			if reflect.DeepEqual(Request(c, nil), before) {
				t.Error("the request is the same with and without it")
			}
		})
	}
	if !reflect.DeepEqual(empty, fetch.Request{}) {
		t.Errorf("the empty call is not the empty request: %+v", empty)
	}
}

func TestOnlyTheWorldIsWhereItsNamesLead(t *testing.T) {
	world, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	config, err := Network(world)
	if err != nil {
		t.Fatal(err)
	}
	led := make(map[string]string)
	for _, rule := range config.Resolve {
		if len(rule.Addrs) != 1 {
			t.Fatalf("%s has %d addresses", rule, len(rule.Addrs))
		}
		led[rule.String()] = rule.Addrs[0].String()
	}
	if got, want := len(led), len(world.Resolve()); got != want {
		t.Errorf("%d names lead somewhere, want %d", got, want)
	}
	for hostPort, address := range world.Resolve() {
		if led[hostPort+":"+address] != address {
			t.Errorf("%s does not lead to %s: %v", hostPort, address, led)
		}
	}
	if proxy, err := config.Proxy(nil); proxy != nil || err != nil {
		t.Errorf("it goes by the proxy %v, %v", proxy, err)
	}
}

func TestAPageIsLoadedWhereItsAnswerMatters(t *testing.T) {
	world, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	config, err := Network(world)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := fetch.NewNetTransport(config)
	if err != nil {
		t.Fatal(err)
	}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	i := slices.IndexFunc(demo.Faults(), func(f demo.Fault) bool { return f.Want.Reason == string(fetch.ReasonCSPConnectSrc) })
	if i < 0 {
		t.Fatal("no page of the world has a Content-Security-Policy")
	}
	c := demo.Faults()[i].Call
	page, err := OpenPage(t.Context(), agent, c)
	if err != nil {
		t.Fatal(err)
	}
	response, err := Make(t.Context(), page, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Close()
	if response.Reason.Code != fetch.ReasonCSPConnectSrc {
		t.Errorf("the page's policy does not hold: %s", response.Reason)
	}
}
