package limit_test

import (
	"net/netip"
	"testing"

	"jingwei/api/internal/limit"
)

func TestClient(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7":                "192.0.2.7",
		"::ffff:192.0.2.7":         "192.0.2.7",
		"::ffff:c000:207":          "192.0.2.7",
		"64:ff9b::192.0.2.7":       "192.0.2.7",
		"64:ff9b:1::192.0.2.7":     "64:ff9b:1::/64", // of a network of its own (RFC 8215): anybody's choice
		"2001:db8:1:2::1":          "2001:db8:1:2::/64",
		"2001:DB8:1:2:ffff::9":     "2001:db8:1:2::/64",
		"2001:db8:1:3::1":          "2001:db8:1:3::/64",
		"fe80::1%eth0":             "fe80::/64",
		"::1":                      "::/64",
		"":                         "",
		"unknown":                  "",
		"192.0.2.7:80":             "",
		"[2001:db8::1]":            "",
		"192.0.2.007":              "",
		"192.0.2.7, 198.51.100.20": "",
	} {
		if got := limit.Client(address); got != want {
			t.Errorf("Client(%q) = %q, want %q", address, got, want)
		}
	}
}

// FuzzClient: whatever an address looks like, its key is "" or short, and no part of an address below 64 bits counts.
func FuzzClient(f *testing.F) {
	for _, s := range []string{"", "192.0.2.7", "::ffff:192.0.2.7", "64:ff9b::c000:207", "2001:db8::1", "fe80::1%eth0", "1.2.3.4.5", "::ffff:1.2.3.4%x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		key := limit.Client(address)
		ip, err := netip.ParseAddr(address)
		if (key == "") != (err != nil) || len(key) > 24 {
			t.Errorf("Client(%q) = %q", address, key)
		}
		if network, err := netip.ParsePrefix(key); err == nil {
			if network.Bits() != 64 || !network.Contains(ip.WithZone("")) {
				t.Errorf("Client(%q) = %q", address, key)
			}
		} else if key != "" && limit.Client(key) != key {
			t.Errorf("Client(%q) = %q, which is another's", address, key)
		}
	})
}
