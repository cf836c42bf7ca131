package limit

import "net/netip"

// nat64 are the addresses under which clients that have IPv4 only reach a server that has IPv6 only (RFC 6052 section
// 2.1): the last four bytes tell them apart.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// Client returns the key of the client at an IP address: an IPv4 address, however it is written, counts alone; of an IPv6
// address what counts is the network of 64 bits, where a client gives itself any address (RFC 7421). A text that is no address has
// the key "", which all such clients share.
func Client(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	ip = ip.Unmap()
	switch {
	case ip.Is4():
		return ip.String()
	case nat64.Contains(ip):
		bytes := ip.As16()
		return netip.AddrFrom4([4]byte(bytes[12:])).String()
	}
	network, _ := ip.Prefix(64) // an address of 128 bits always has one
	return network.String()
}
