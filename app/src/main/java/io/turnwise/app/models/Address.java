package io.turnwise.app.models;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a file is downloaded from: http or https, a host, no user name.
 *
 * @param uri the whole address; its query may be a secret, so {@link #toString()} leaves it out
 */
record Address(URI uri) {
  Address {
    if (!secure(uri) && !"http".equalsIgnoreCase(uri.getScheme())) {
      throw new IllegalArgumentException("address: " + shown(uri) + " is not http or https");
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("address: " + shown(uri) + " has no host");
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "address: "
              + shown(uri)
              + " holds a user name or a password, which is not supported; download the file"
              + " with a program that knows them");
    }
  }

  /**
   * @throws IllegalArgumentException if the text is no such address
   */
  static Address of(String text) {
    try {
      return new Address(new URI(text));
    } catch (URISyntaxException e) {
      // The exception's message repeats the text, which may hold a password.
      throw new IllegalArgumentException("address: is not of the form https://HOST/PATH");
    }
  }

  /**
   * Where a {@code Location} header leads from here.
   *
   * @throws IllegalArgumentException if it leads to no address, or from https to http
   */
  Address redirectedTo(String location) {
    URI target;
    try {
      target = uri.resolve(new URI(location));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("address: the redirect leads to no address");
    }
    Address next = new Address(target);
    if (secure(uri) && !secure(target)) {
      throw new IllegalArgumentException(
          "address: the redirect leads from https to " + next + ", which is not encrypted");
    }
    return next;
  }

  String host() {
    return uri.getHost();
  }

  private static boolean secure(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme());
  }

  /** The address without a user name, a query and a fragment. */
  @Override
  public String toString() {
    return shown(uri);
  }

  private static String shown(URI uri) {
    StringBuilder text = new StringBuilder();
    if (uri.getScheme() != null) {
      text.append(uri.getScheme()).append(':');
    }
    if (uri.getHost() != null) {
      text.append("//").append(uri.getHost());
      if (uri.getPort() >= 0) {
        text.append(':').append(uri.getPort());
      }
    }
    return text.append(uri.getRawPath() == null ? "" : uri.getRawPath()).toString();
  }
}
