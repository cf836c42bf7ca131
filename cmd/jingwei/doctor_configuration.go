package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

func checkDataDir(_ context.Context, p *patient) []finding {
	const name = "data folder"
	info, err := os.Stat(p.DataDir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return found(name, stateWarn, "%s is not there yet; the first start of serve makes it", p.DataDir)
	case err != nil:
		return found(name, stateFail, "%v", err)
	case !info.IsDir():
		return found(name, stateFail, "%s is no folder", p.DataDir)
	case info.Mode().Perm()&0o022 != 0:
		return found(name, stateFail, "others can write into %s: run chmod go-w on it", p.DataDir)
	}
	return found(name, stateOK, "only its owner writes into %s", p.DataDir)
}

func checkToken(_ context.Context, p *patient) []finding {
	const name = "token"
	path := filepath.Join(p.DataDir, "token")
	switch _, err := readToken(path); {
	case errors.Is(err, fs.ErrNotExist):
		return found(name, stateWarn, "there is none yet; the first start of serve makes it")
	case err != nil:
		return found(name, stateFail, "%v", err)
	}
	return found(name, stateOK, "only its owner reads %s", path)
}

func checkProxies(_ context.Context, p *patient) []finding {
	const name = "trusted proxies"
	networks, err := parseNetworks(p.TrustedProxy)
	if err != nil {
		return found(name, stateFail, "%v", err)
	}
	for _, n := range networks {
		// More than the largest private networks, 10.0.0.0/8 and fc00::/7, cannot be one's own.
		if ones, bits := n.Mask.Size(); ones < 8 && bits == 32 || ones < 7 {
			return found(name, stateFail, "%s is everyone: any client could claim to have any address; name the networks of the proxies", n)
		}
	}
	if len(networks) > 0 {
		return found(name, stateOK, "X-Forwarded headers of %s are believed", strings.Join(p.TrustedProxy, ", "))
	}
	if strings.HasPrefix(p.PublicURL, "https:") {
		return found(name, stateWarn, "none, while https at %s needs a proxy in front: all clients seem to have its address, in the audit and to the limits of attempts; name it with --trusted-proxy", p.PublicURL)
	}
	return found(name, stateOK, "none: clients are known by the address that they connect from")
}

func checkListen(_ context.Context, p *patient) []finding {
	const name = "listen"
	switch {
	case isLoopback(p.Listen):
		return found(name, stateOK, "%s, which only this machine reaches", p.Listen)
	case !strings.HasPrefix(p.PublicURL, "https:"):
		return found(name, stateWarn, "others reach %s without encryption: listen on this machine alone, behind a proxy with TLS whose address --public-url names", p.Listen)
	}
	return found(name, stateOK, "%s; nobody but the proxy in front should reach it", p.Listen)
}

func checkPublicURL(_ context.Context, p *patient) []finding {
	const name = "public URL"
	if p.PublicURL == "" {
		if isLoopback(p.Listen) {
			return found(name, stateOK, "none: only this machine reaches %s", p.Listen)
		}
		return found(name, stateWarn, "none, while others reach %s: links in answers bear whatever host the client names, and those that open an account the number of the address; give --public-url", p.Listen)
	}
	u, err := url.Parse(p.PublicURL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return found(name, stateFail, "%q is not an address such as https://map.example.cn", p.PublicURL)
	case u.Scheme == "http" && !isLoopback(u.Host):
		return found(name, stateWarn, "%s is not encrypted: passwords and cookies can be read on the way; put a proxy with TLS in front", p.PublicURL)
	}
	return found(name, stateOK, "%s", p.PublicURL)
}

// isLoopback reports whether an address, with a port or without, is one of this machine alone.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
