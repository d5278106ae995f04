package io.turnwise.app.models;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a server's status and headers mean for a download (RFC 9110). */
sealed interface Answer {
  long UNKNOWN = -1;

  /**
   * The file from its beginning.
   *
   * @param total its size, or {@link #UNKNOWN}
   * @param validator what names this very version of it; empty where nothing does
   */
  record Whole(long total, String validator) implements Answer {}

  /**
   * The rest, from where it was asked for.
   *
   * @param total size of the whole file, or {@link #UNKNOWN}
   */
  record Rest(long total) implements Answer {}

  /** There is nothing after what is here. */
  record NothingMore() implements Answer {}

  /** What is here is of another version: begin anew. */
  record Changed() implements Answer {}

  /** It is at another address. */
  record Elsewhere(String location) implements Answer {}

  /**
   * The server cannot now.
   *
   * @param after for so long, as it says; zero where it says nothing
   */
  record Later(int status, Duration after) implements Answer {}

  /** The server will not. */
  record Refused(int status) implements Answer {}

  Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
  Pattern SIZE = Pattern.compile("bytes \\*/(\\d{1,18})");

  /**
   * @param here bytes that are here; where more than 0, the rest was asked for
   * @param validator of what is here; empty where it has none
   */
  static Answer of(int status, HttpHeaders headers, long here, String validator) {
    return switch (status) {
      case 200 -> new Whole(length(headers), validator(headers));
      case 206 -> rest(headers, here, validator);
      case 301, 302, 303, 307, 308 ->
          headers
              .firstValue("Location")
              .<Answer>map(Elsewhere::new)
              .orElseGet(() -> new Refused(status));
      case 416 -> here == 0 ? new Refused(status) : unsatisfied(headers, here);
      case 408, 425, 429, 500, 502, 503, 504 -> new Later(status, retryAfter(headers));
      default -> new Refused(status);
    };
  }

  private static Answer rest(HttpHeaders headers, long here, String validator) {
    if (here == 0) {
      return new Refused(206);
    }
    Matcher range = RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
    String now = validator(headers);
    boolean another = !validator.isEmpty() && !now.isEmpty() && !validator.equals(now);
    if (another || !range.matches() || Long.parseLong(range.group(1)) != here) {
      return new Changed();
    }
    return new Rest(range.group(3).equals("*") ? UNKNOWN : Long.parseLong(range.group(3)));
  }

  private static Answer unsatisfied(HttpHeaders headers, long here) {
    Matcher size = SIZE.matcher(headers.firstValue("Content-Range").orElse(""));
    return size.matches() && Long.parseLong(size.group(1)) == here
        ? new NothingMore()
        : new Changed();
  }

  private static long length(HttpHeaders headers) {
    try {
      OptionalLong length = headers.firstValueAsLong("Content-Length");
      return length.isPresent() && length.getAsLong() >= 0 ? length.getAsLong() : UNKNOWN;
    } catch (NumberFormatException e) {
      return UNKNOWN;
    }
  }

  /** A strong entity tag, else the date; a weak tag does not say that the bytes are the same. */
  private static String validator(HttpHeaders headers) {
    String tag = headers.firstValue("ETag").orElse("").strip();
    String validator =
        tag.isEmpty() || tag.toUpperCase(Locale.ROOT).startsWith("W/")
            ? headers.firstValue("Last-Modified").orElse("").strip()
            : tag;
    return validator.matches("[ -~]*") ? validator : "";
  }

  private static Duration retryAfter(HttpHeaders headers) {
    String seconds = headers.firstValue("Retry-After").orElse("").strip();
    return seconds.matches("\\d{1,6}")
        ? Duration.ofSeconds(Long.parseLong(seconds))
        : Duration.ZERO;
  }
}
