package io.turnwise.app.models;

import io.turnwise.app.CommandFailed;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * Downloads a file in as many pieces as the network makes of it. What arrived is kept and the rest
 * asked for; what is complete is put in place only if it has the digest it must have. Nothing of a
 * server is believed: not its sizes, not its ranges, not where it sends us. One thread.
 */
final class Download {
  private final HttpClient client;
  private final ProxySelector proxies;
  private final Limits limits;
  private final Pause pause;
  private final Progress progress;

  Download(Limits limits, ProxySelector proxies, Pause pause, Progress progress) {
    this.limits = limits;
    this.proxies = proxies;
    this.pause = pause;
    this.progress = progress;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limits.connect())
            .proxy(proxies);
    if (proxies instanceof Proxies named) {
      named.authenticator().ifPresent(builder::authenticator);
    }
    client = builder.build();
  }

  /** How one request ended, unless the whole download did. */
  private sealed interface Ended {}

  private record Complete() implements Ended {}

  /** To be tried again, after so long at least. */
  private record Broken(String why, Duration after) implements Ended {}

  /**
   * Downloads the rest of a file and puts it in place.
   *
   * @param part what is here of it; locked by the caller
   * @throws CommandFailed if it cannot be had; one sentence that says why and what to do. What
   *     arrived is kept, unless it is wrong.
   */
  void fetch(Wanted wanted, PartFile part) throws InterruptedException {
    long furthest = part.sizeOf(wanted.address());
    if (furthest > 0) {
      progress.note("Going on from " + Size.of(furthest) + " that are here already.");
    }
    Attempt attempt = new Attempt(wanted, part);
    int failures = 0;
    while (attempt.run() instanceof Broken broken) {
      progress.ended();
      if (part.sizeOf(wanted.address()) >= furthest + limits.progress()) {
        furthest = part.sizeOf(wanted.address());
        failures = 0;
      }
      failures++;
      if (failures >= limits.attempts()) {
        throw new CommandFailed(
            "The download of "
                + wanted.name()
                + " from "
                + wanted.address()
                + " failed "
                + failures
                + " times in a row, at last because "
                + broken.why()
                + "; try again later, which goes on after the "
                + Size.of(part.sizeOf(wanted.address()))
                + " that are here, name a mirror with --address, or "
                + wanted.byHand()
                + ".");
      }
      Duration own = limits.pause(failures);
      Duration wait = broken.after().compareTo(own) > 0 ? broken.after() : own;
      wait = wait.compareTo(limits.longestPause()) > 0 ? limits.longestPause() : wait;
      progress.note("Trying again: " + broken.why() + ".");
      pause.of(wait);
    }
    progress.ended();
    String digest = part.sha256();
    if (!digest.equals(wanted.sha256())) {
      part.discard();
      throw new CommandFailed(
          "What came from "
              + wanted.address()
              + " has sha256 "
              + digest
              + " where "
              + wanted.name()
              + " has "
              + wanted.sha256()
              + ", so it was thrown away; try again, or name another address with --address.");
    }
    part.putInPlace();
  }

  /** The requests of one download. */
  private final class Attempt {
    private final Wanted wanted;
    private final PartFile part;
    private final Set<String> hostsHeard = new HashSet<>();

    Attempt(Wanted wanted, PartFile part) {
      this.wanted = wanted;
      this.part = part;
    }

    Ended run() throws InterruptedException {
      Address address = wanted.address();
      try {
        for (int followed = 0; followed <= limits.redirects(); followed++) {
          long here = part.sizeOf(wanted.address());
          if (wanted.bytes() > 0 && here == wanted.bytes()) {
            return new Complete();
          }
          HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = send(address, here);
          hostsHeard.add(address.host());
          try (Body body = new Body(limits.patience(), limits.leastBytes())) {
            Answer answer =
                Answer.of(response.statusCode(), response.headers(), here, part.validator());
            response.body().subscribe(body);
            if (!(answer instanceof Answer.Elsewhere elsewhere)) {
              return take(answer, address, here, body);
            }
            address = next(address, elsewhere.location());
          }
        }
      } catch (IOException e) {
        if (!hostsHeard.contains(address.host()) && staysSo(e)) {
          throw unreachable(reason(address, e), e);
        }
        return new Broken(reason(address, e), Duration.ZERO);
      }
      throw new CommandFailed(
          "The address "
              + wanted.address()
              + " of "
              + wanted.name()
              + " leads on more than "
              + limits.redirects()
              + " times, at last to "
              + address
              + "; name another with --address, or "
              + wanted.byHand()
              + ".");
    }

    private Address next(Address address, String location) {
      try {
        return address.redirectedTo(location);
      } catch (IllegalArgumentException e) {
        throw new CommandFailed(
            "The server at "
                + address
                + " leads somewhere that is not followed ("
                + e.getMessage()
                + "); name another address with --address, or "
                + wanted.byHand()
                + ".",
            e);
      }
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(Address address, long here)
        throws IOException, InterruptedException {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(address.uri())
              .header("User-Agent", "turnwise")
              .header("Accept-Encoding", "identity");
      if (here > 0) {
        request.header("Range", "bytes=" + here + "-");
        if (!part.validator().isEmpty()) {
          request.header("If-Range", part.validator());
        }
      }
      // Not the request's own timeout: from Java 26 on that is for the body as well.
      CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> response =
          client.sendAsync(request.build(), BodyHandlers.ofPublisher());
      try {
        return response.get(limits.answer().toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        response.cancel(true);
        throw new SocketTimeoutException("no answer came");
      } catch (ExecutionException e) {
        throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
      }
    }

    private Ended take(Answer answer, Address address, long here, Body body)
        throws IOException, InterruptedException {
      if (answer instanceof Answer.Whole whole) {
        checkSize(whole.total(), address);
        part.begin(wanted.address(), whole.validator());
        return copy(body, address, whole.total());
      }
      if (answer instanceof Answer.Rest rest) {
        checkSize(rest.total(), address);
        return copy(body, address, rest.total());
      }
      if (answer instanceof Answer.NothingMore) {
        return new Complete();
      }
      if (answer instanceof Answer.Changed) {
        part.discard();
        return new Broken(address + " has another version now than what is here", Duration.ZERO);
      }
      if (answer instanceof Answer.Later later) {
        return new Broken(address + " answers with status " + later.status(), later.after());
      }
      throw new CommandFailed(
          "The server refuses "
              + wanted.name()
              + " at "
              + address
              + " (status "
              + ((Answer.Refused) answer).status()
              + "); name another address with --address, or "
              + wanted.byHand()
              + ".");
    }

    private void checkSize(long total, Address address) {
      if (wanted.bytes() > 0 && total >= 0 && total != wanted.bytes()) {
        throw new CommandFailed(
            "What is at "
                + address
                + " has "
                + total
                + " bytes where "
                + wanted.name()
                + " has "
                + wanted.bytes()
                + ", so it was not fetched; name another address with --address.");
      }
      if (total > most()) {
        throw tooLong(address);
      }
    }

    private long most() {
      return wanted.bytes() > 0 ? wanted.bytes() : limits.mostBytes();
    }

    private CommandFailed tooLong(Address address) {
      part.discard();
      return new CommandFailed(
          "What is at "
              + address
              + " is longer than the "
              + most()
              + " bytes "
              + (wanted.bytes() > 0 ? "that " + wanted.name() + " has" : "that a model may have")
              + ", so it was thrown away; name another address with --address.");
    }

    private Ended copy(Body body, Address address, long announced)
        throws IOException, InterruptedException {
      long total = wanted.bytes() > 0 ? wanted.bytes() : Math.max(0, announced);
      long size = part.sizeOf(wanted.address());
      for (List<ByteBuffer> next = body.next(); !next.isEmpty(); next = body.next()) {
        for (ByteBuffer bytes : next) {
          size += bytes.remaining();
          if (size > most()) {
            throw tooLong(address);
          }
          part.append(bytes);
        }
        progress.received(size, total);
      }
      return size < total
          ? new Broken(address + " ended after " + size + " of " + total + " bytes", Duration.ZERO)
          : new Complete();
    }

    /** Whether trying again at once would be in vain; a network that is closed stays so. */
    private static boolean staysSo(IOException e) {
      return e instanceof ConnectException
          || e instanceof HttpConnectTimeoutException
          || e instanceof NoRouteToHostException
          || e instanceof UnknownHostException
          || e instanceof SSLException
          || message(e).startsWith("Tunnel failed")
          || isLoginRefused(e);
    }

    /** The client has no type for it. */
    private static boolean isLoginRefused(IOException e) {
      return message(e).startsWith("too many authentication attempts")
          || message(e).startsWith("No credentials provided");
    }

    private CommandFailed unreachable(String reason, IOException cause) {
      return new CommandFailed(
          "The model "
              + wanted.name()
              + " cannot be fetched from "
              + wanted.address()
              + ": "
              + reason
              + "; on a closed network name a mirror with --address or a proxy with HTTPS_PROXY, or "
              + wanted.byHand()
              + ".",
          cause);
    }

    private String reason(Address address, IOException e) {
      String host = address.host();
      for (Proxy proxy : proxies.select(address.uri())) {
        if (proxy.address() instanceof InetSocketAddress via) {
          host = "the proxy " + via.getHostString() + ":" + via.getPort();
        }
      }
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
          return host + " is not known here";
        }
      }
      if (e instanceof HttpConnectTimeoutException) {
        return host + " cannot be reached within " + limits.connect().toSeconds() + " s";
      }
      if (e instanceof ConnectException || e instanceof NoRouteToHostException) {
        return host + " cannot be reached (" + message(e) + ")";
      }
      if (e instanceof SSLException) {
        return "no encrypted connection to " + host + " can be made (" + message(e) + ")";
      }
      if (isLoginRefused(e)) {
        return host + " does not take the user name and the password";
      }
      return "the connection to " + host + " broke off (" + message(e) + ")";
    }

    private static String message(IOException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause.getMessage() != null && !cause.getMessage().isBlank()) {
          return cause.getMessage();
        }
      }
      return e.getClass().getSimpleName();
    }
  }
}
