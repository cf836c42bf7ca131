package main

import (
	"context"
	"os"

	"jingwei/api"
)

// fileFlags are the files of the configuration as doctor takes them: one that is missing is a finding.
type fileFlags struct {
	Basemaps string `help:"JSON file of the operator's base maps." env:"JINGWEI_BASEMAPS" placeholder:"FILE"`
	OIDC     string `name:"oidc" help:"JSON file of the OpenID providers at which people may sign in." env:"JINGWEI_OIDC" placeholder:"FILE"`
}

func checkBaseMaps(_ context.Context, p *patient) []finding {
	maps, err := readConfigured("base maps", p.Basemaps, api.ReadBaseMaps)
	return fileFindings("base maps", p.Basemaps, len(maps), err)
}

// checkProviders reads the file with the secrets that it names, as serve does, and asks no provider.
func checkProviders(_ context.Context, p *patient) []finding {
	const name = "OpenID providers"
	providers, err := readConfigured(name, p.OIDC, api.ReadIdentityProviders)
	if err == nil && p.OIDC != "" && p.PublicURL == "" {
		return found(name, stateWarn, "providers send people back to the one address that they know: give it with --public-url")
	}
	return fileFindings(name, p.OIDC, len(providers), err)
}

// fileFindings tells of a file that lists n things. Whoever can write into it changes what the server does.
func fileFindings(name, path string, n int, err error) []finding {
	if path == "" {
		return nil
	}
	if err != nil {
		return found(name, stateFail, "%v", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return found(name, stateFail, "%v", err)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return found(name, stateFail, "others can write into %s: run chmod go-w on it", path)
	}
	return found(name, stateOK, "%s lists %d", path, n)
}
