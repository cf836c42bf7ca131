package live_test

import (
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"jingwei/geo"
	"jingwei/geo/live"
	"jingwei/testdata/sample/national"
)

// BenchmarkSearch searches the names of the national sample, a million of them or as many as JINGWEI_ORGANIZATIONS says: what is
// typed every day, with errors and without, and what compares as many names as anything does. Pinyin is made up, letter by letter
// as long as the real one.
func BenchmarkSearch(b *testing.B) {
	if testing.Short() {
		b.Skip("needs gigabytes")
	}
	s := nationNames(b, rows("JINGWEI_ORGANIZATIONS", 1_000_000))
	for _, q := range []string{
		"柳市镇", "村民委员会", "第一党支部", "zhonggong", "党支部委员会", // as they are
		"柳市真", "第一党支步", "人民政俯机关党委", "zhonggnog", "社区居民委圆会", // with errors
		"zzzz", "zzzzzzzz", strings.Repeat("z", 32), "村村村村", "村村村村村村村村", "委会委会委会委会委", "会员会员会员会员", strings.Repeat("委员会", 10), // again and again
		"有公司部委员", "公司部委员会", "公司支委员会", "限公司部员会", "村支民委会部", "有限司公部委员会支", "共党村支员部委会社区公司", "总支部委会支部委员会", // frequent pieces
		strings.Repeat("委员会", 33), strings.Repeat("村支部", 33), strings.Repeat("村", 100), strings.Repeat("an", 50), // long
	} {
		text, err := geo.NewSearchText(q)
		if err != nil {
			b.Fatal(err)
		}
		name := q
		if n := len([]rune(q)); n > 12 {
			name = string([]rune(q)[:6]) + "…" + strconv.Itoa(n)
		}
		b.Run(name, func(b *testing.B) {
			var found live.Found
			began, spent := time.Now(), processorTime(b)
			for b.Loop() {
				if found, err = live.Search(text, 20, live.Source{Snapshot: s, Query: live.Query{Days: geo.On(20_000)}}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(time.Since(began).Microseconds())/1000/float64(b.N), "ms")
			b.ReportMetric(float64((processorTime(b)-spent).Microseconds())/1000/float64(b.N), "cpu-ms")
			b.ReportMetric(float64(found.Count), "found")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// processorTime is what the program has used of all processors.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// nationNames is an index of the first n organizations of the nation, ready for searches.
func nationNames(b *testing.B, n int) *live.Snapshot {
	nation, err := national.New(1)
	if err != nil {
		b.Fatal(err)
	}
	organizations, err := nation.Organizations(n)
	if err != nil {
		b.Fatal(err)
	}
	syllables := strings.Fields("ai an ang bao bei bu cheng chun cun da dang di dong fu gong guo hai he hua hui jia jie jing ju li liu lu min nan ping qu ren shang shi wei xi xin yi yuan zhen zhi zhong zhu")
	x := live.New(geo.OrganizationLayer(), live.Public)
	err = x.Load(func(yield func(geo.Point, error) bool) {
		for i := range n {
			c, _ := organizations.Organization(i)
			keys := geo.SearchKeys{ShortName: c.ShortName, Address: c.Address}
			for _, r := range c.Name {
				syllable := syllables[int(r)%len(syllables)]
				keys.Pinyin += syllable
				keys.Initials += syllable[:1]
			}
			p := geo.Point{ID: geo.ID(i + 1), Version: int64(i), At: c.Location, Valid: geo.Always, Division: c.Division, Public: true}
			p.Values = []string{c.Name, c.Kind, c.Level, "active", c.LocationState, c.LocationSource, "", "", treePath(p.ID), keys.Text()}
			if !yield(p, nil) {
				return
			}
		}
	}, geo.FeedPosition{Epoch: "e"})
	if err != nil {
		b.Fatal(err)
	}
	for x.PrepareSearch() {
	}
	s := x.Snapshot()
	b.Logf("%d organizations, %d bytes each", n, s.Bytes()/n)
	return s
}
