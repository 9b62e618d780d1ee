package io.parley.config;

import java.util.List;

/// Which balancers are believed when they say where a client is.
public record ProxySettings(
    @Setting(value = "", as = Format.NETWORKS,
        doc = "Addresses and networks whose PROXY protocol header or `X-Forwarded-For` is"
            + " believed. A list, or one text with commas.") List<String> trusted) {

  public ProxySettings {
    trusted = List.copyOf(trusted);
  }
}
