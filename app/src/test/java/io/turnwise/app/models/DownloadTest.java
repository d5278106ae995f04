package io.turnwise.app.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadTest {
  private static final String TAG = "\"v1\"";
  private static final int CUT = 100_000;

  /** Patient, so that a slow machine changes nothing. */
  private static final Limits LIMITS =
      new Limits(
          Duration.ofSeconds(20),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          1024,
          4,
          1,
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          3,
          1_000_000);

  @TempDir Path folder;
  private final byte[] file = new byte[300_000];
  private final List<Duration> pauses = new ArrayList<>();
  private Path target;

  @BeforeEach
  void aFile() {
    new Random(7).nextBytes(file);
    target = folder.resolve("model.onnx");
  }

  @Test
  void shouldPutTheFileInPlaceWhenAllOfItComes() throws Exception {
    // Given
    try (ScriptedServer server = ScriptedServer.serving(file, TAG)) {
      // When
      fetch(wanted(server));

      // Then
      assertArrayEquals(file, Files.readAllBytes(target));
      assertEquals(1, server.requests().size());
      assertEquals("", server.requests().get(0).header("Range"));
      assertNothingBesideTheTarget();
    }
  }

  @Test
  void shouldGoOnWhereTheConnectionWasCut() throws Exception {
    // Given
    try (ScriptedServer server = cutOnce()) {
      // When
      fetch(wanted(server));

      // Then
      assertArrayEquals(file, Files.readAllBytes(target));
      assertEquals(2, server.requests().size());
      assertEquals(CUT, server.requests().get(1).from());
      assertEquals(TAG, server.requests().get(1).header("If-Range"));
      assertEquals(List.of(Duration.ofSeconds(1)), pauses);
    }
  }

  @Test
  void shouldGoOnInTheNextRun() throws Exception {
    // Given
    try (ScriptedServer server = cutOnce()) {
      String refusal = refusal(wanted(server), once());
      assertTrue(refusal.contains("100.0 kB that are here"), refusal);
      assertFalse(Files.exists(target));

      // When
      fetch(wanted(server));

      // Then
      assertArrayEquals(file, Files.readAllBytes(target));
      assertEquals(CUT, server.requests().get(1).from());
    }
  }

  @Test
  void shouldBeginAnewWhenWhatIsHereCameFromAnotherAddress() throws Exception {
    // Given
    try (ScriptedServer server = cutOnce()) {
      refusal(wanted(server), once());

      // When
      fetch(wanted(server.at("/mirror"), file));

      // Then
      assertArrayEquals(file, Files.readAllBytes(target));
      assertEquals(0, server.requests().get(1).from());
    }
  }

  @Test
  void shouldBeginAnewWhenTheServerHasAnotherVersion() throws Exception {
    // Given
    byte[] newer = file.clone();
    newer[5]++;
    try (ScriptedServer server =
        new ScriptedServer(cut().then(ScriptedServer.file(newer, "\"v2\"")))) {
      // When
      fetch(wanted(server.at("/x"), newer));

      // Then
      assertArrayEquals(newer, Files.readAllBytes(target));
      assertEquals(TAG, server.requests().get(1).header("If-Range"));
    }
  }

  @Test
  void shouldBeginAnewWhenTheServerSendsTheRestOfAnotherVersion() throws Exception {
    assertBeginsAnewAfter(
        "ETag: \"v2\"", "Content-Range: bytes " + CUT + "-" + (file.length - 1) + "/300000");
  }

  @Test
  void shouldBeginAnewWhenTheServerSendsAnotherRange() throws Exception {
    assertBeginsAnewAfter("ETag: " + TAG, "Content-Range: bytes 7-" + (file.length - 1) + "/*");
  }

  @Test
  void shouldBeginAnewWhenTheServerDoesNotSayWhichRangeItSends() throws Exception {
    assertBeginsAnewAfter("ETag: " + TAG);
  }

  private void assertBeginsAnewAfter(String... headersOfTheRest) throws Exception {
    // Given
    try (ScriptedServer server =
        new ScriptedServer(
            cut()
                .then(
                    (n, request, out) -> {
                      if (n == 2) {
                        ScriptedServer.head(out, 206, headersOfTheRest);
                        out.write(new byte[file.length - CUT]);
                      } else {
                        ScriptedServer.serve(file, TAG, request, out);
                      }
                    }))) {
      // When
      fetch(wanted(server));

      // Then
      assertArrayEquals(file, Files.readAllBytes(target));
      assertEquals(List.of(0, CUT, 0), server.requests().stream().map(r -> r.from()).toList());
    }
  }

  @Test
  void shouldTakeAllAgainFromAServerThatKnowsNoRanges() throws Exception {
    // Given
    try (ScriptedServer server =
        new ScriptedServer(
            (n, request, out) -> {
              ScriptedServer.head(out, 200, "Content-Length: " + file.length);
              out.write(file, 0, n == 1 ? CUT : file.length);
            })) {
      // When
      fetch(wanted(server));

      // Then
      assertArrayEquals(file, Files.readAllBytes(target));
      assertEquals(CUT, server.requests().get(1).from());
      assertEquals("", server.requests().get(1).header("If-Range"));
    }
  }

  @Test
  void shouldNotGiveUpWhileEachAttemptBringsMore() throws Exception {
    // Given: more cuts than attempts
    int piece = 30_000;
    try (ScriptedServer server =
        new ScriptedServer(
            (n, request, out) -> {
              int from = request.from();
              ScriptedServer.head(
                  out,
                  from == 0 ? 200 : 206,
                  "ETag: " + TAG,
                  "Content-Range: bytes " + from + "-299999/300000",
                  "Content-Length: " + (file.length - from));
              out.write(file, from, piece);
            })) {
      // When
      fetch(wanted(server));

      // Then
      assertArrayEquals(file, Files.readAllBytes(target));
      assertEquals(file.length / piece, server.requests().size());
      assertEquals(List.of(Duration.ofSeconds(1)), pauses.stream().distinct().toList());
    }
  }

  @Test
  void shouldUseTheDateWhereTheEntityTagIsWeak() throws Exception {
    // Given
    String date = "Sat, 21 Nov 2026 13:00:00 GMT";
    try (ScriptedServer server =
        new ScriptedServer(
            (n, request, out) -> {
              if (n == 1) {
                ScriptedServer.head(
                    out,
                    200,
                    "ETag: W/\"v1\"",
                    "Last-Modified: " + date,
                    "Content-Length: " + file.length);
                out.write(file, 0, CUT);
              } else {
                ScriptedServer.serve(file, date, request, out);
              }
            })) {
      // When
      fetch(wanted(server));

      // Then
      assertEquals(date, server.requests().get(1).header("If-Range"));
      assertArrayEquals(file, Files.readAllBytes(target));
    }
  }

  @Test
  void shouldBeDoneWhenTheServerSaysThatNothingIsMissing() throws Exception {
    // Given
    try (ScriptedServer server = allButNoEndThenGood()) {
      Wanted wanted = new Wanted("m", address(server.at("/x")), target, sha256(file), 0);
      refusal(wanted, once());

      // When
      fetch(wanted);

      // Then
      assertEquals(file.length, server.requests().get(1).from());
      assertArrayEquals(file, Files.readAllBytes(target));
    }
  }

  private ScriptedServer allButNoEndThenGood() throws IOException {
    ScriptedServer.Script first =
        (n, request, out) -> {
          ScriptedServer.head(out, 200, "ETag: " + TAG, "Content-Length: " + (file.length + 1));
          out.write(file);
        };
    return new ScriptedServer(first.then(ScriptedServer.file(file, TAG)));
  }

  @Test
  void shouldBeginAnewWhenTheServerHasLessThanWhatIsHere() throws Exception {
    // Given
    byte[] shorter = Arrays.copyOf(file, CUT / 2);
    try (ScriptedServer server =
        new ScriptedServer(cut().then(ScriptedServer.file(shorter, TAG)))) {
      // When
      fetch(new Wanted("m", address(server.at("/x")), target, sha256(shorter), 0));

      // Then
      assertEquals(List.of(0, CUT, 0), server.requests().stream().map(r -> r.from()).toList());
      assertArrayEquals(shorter, Files.readAllBytes(target));
    }
  }

  @Test
  void shouldNotAskForMoreWhenAllIsHere() throws Exception {
    // Given
    try (ScriptedServer server = allButNoEndThenGood()) {
      refusal(new Wanted("m", address(server.at("/x")), target, sha256(file), 0), once());

      // When
      fetch(wanted(server));

      // Then
      assertEquals(1, server.requests().size());
      assertArrayEquals(file, Files.readAllBytes(target));
    }
  }

  @Test
  void shouldThrowAwayWhatHasAnotherDigest() throws Exception {
    // Given
    byte[] other = file.clone();
    other[file.length - 1]++;
    Files.writeString(target, "what was here before");
    try (ScriptedServer server = ScriptedServer.serving(other, TAG)) {
      // When
      String refusal = refusal(wanted(server), LIMITS);

      // Then
      assertTrue(refusal.contains(sha256(file)), refusal);
      assertTrue(refusal.contains(sha256(other)), refusal);
      assertEquals("what was here before", Files.readString(target));
      assertNothingBesideTheTarget();
    }
  }

  @Test
  void shouldRefuseAFileOfAnotherSizeBeforeFetchingIt() throws Exception {
    // Given
    byte[] shorter = Arrays.copyOf(file, CUT);
    try (ScriptedServer server = ScriptedServer.serving(shorter, TAG)) {
      // When
      String refusal = refusal(wanted(server), LIMITS);

      // Then
      assertTrue(refusal.contains("100000 bytes"), refusal);
      assertTrue(refusal.contains("300000"), refusal);
      assertNothingBesideTheTarget();
    }
  }

  @Test
  void shouldGiveUpOnAServerThatAlwaysEndsEarly() throws Exception {
    // Given
    try (ScriptedServer server =
        new ScriptedServer(
            (n, request, out) -> {
              ScriptedServer.head(out, 200);
              out.write(file, 0, CUT);
            })) {
      // When
      String refusal = refusal(wanted(server), LIMITS);

      // Then
      assertTrue(refusal.contains("ended after 100000 of 300000 bytes"), refusal);
      assertEquals(LIMITS.attempts(), server.requests().size());
      assertFalse(Files.exists(target));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {300_000, 0})
  void shouldStopABodyThatDoesNotEnd(long known) throws Exception {
    // Given
    CountDownLatch dropped = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            (n, request, out) -> {
              ScriptedServer.head(out, 200);
              try {
                while (true) {
                  out.write(file);
                }
              } finally {
                dropped.countDown();
              }
            })) {
      // When
      String refusal =
          refusal(new Wanted("m", address(server.at("/x")), target, sha256(file), known), LIMITS);

      // Then
      assertTrue(refusal.contains("longer than the " + (known > 0 ? known : 1_000_000)), refusal);
      assertTrue(dropped.await(1, TimeUnit.MINUTES), "the connection is still open");
      assertNothingBesideTheTarget();
    }
  }

  @Test
  void shouldFollowARedirectToAnotherHostAlsoForTheRest() throws Exception {
    // Given
    try (ScriptedServer store = cutOnce();
        ScriptedServer front =
            ScriptedServer.answering(
                302,
                "Location: http://127.0.0.1:" + store.port() + "/store?signature=secret",
                "Content-Length: 0")) {
      // When
      fetch(wanted(front));

      // Then
      assertArrayEquals(file, Files.readAllBytes(target));
      assertEquals(2, front.requests().size());
      assertEquals(List.of(0, CUT), store.requests().stream().map(r -> r.from()).toList());
      assertEquals("GET /store?signature=secret HTTP/1.1", store.requests().get(1).line());
    }
  }

  @Test
  void shouldFollowARedirectRelativeToTheAddress() throws Exception {
    // Given
    try (ScriptedServer server =
        new ScriptedServer(
            (n, request, out) -> {
              if (request.line().startsWith("GET /a/x ")) {
                ScriptedServer.head(out, 307, "Location: ../b", "Content-Length: 0");
              } else {
                ScriptedServer.serve(file, TAG, request, out);
              }
            })) {
      // When
      fetch(wanted(server.at("/a/x"), file));

      // Then
      assertEquals("GET /b HTTP/1.1", server.requests().get(1).line());
    }
  }

  @Test
  void shouldNotFollowRedirectsForEver() throws Exception {
    // Given
    try (ScriptedServer server =
        new ScriptedServer(
            (n, request, out) ->
                ScriptedServer.head(out, 302, "Location: /x" + n, "Content-Length: 0"))) {
      // When
      String refusal = refusal(wanted(server), LIMITS);

      // Then
      assertTrue(refusal.contains("leads on more than 3 times"), refusal);
      assertEquals(LIMITS.redirects() + 1, server.requests().size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"file:///etc/passwd", "http://user:pass@localhost/x", "http://[", "//"})
  void shouldNotFollowARedirectThatLeadsToNoWebServer(String location) throws Exception {
    // Given
    try (ScriptedServer server =
        ScriptedServer.answering(302, "Location: " + location, "Content-Length: 0")) {
      // When
      String refusal = refusal(wanted(server), LIMITS);

      // Then
      assertTrue(refusal.contains("is not followed"), refusal);
      assertFalse(refusal.contains("pass@"), refusal);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 206, 302, 400, 401, 403, 404, 407, 410, 416, 501})
  void shouldTakeARefusalForFinal(int status) throws Exception {
    // Given
    try (ScriptedServer server =
        ScriptedServer.answering(status, status == 204 ? "X: y" : "Content-Length: 0")) {
      // When
      String refusal = refusal(wanted(server.at("/x?token=secret"), file), LIMITS);

      // Then
      assertTrue(refusal.contains("(status " + status + ")"), refusal);
      assertTrue(refusal.contains(server.at("/x")), refusal);
      assertTrue(refusal.contains(target.toString()), refusal);
      assertFalse(refusal.contains("secret"), refusal);
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void shouldWaitLongerEachTimeThatAServerCannot() throws Exception {
    // Given
    int[] statuses = {500, 503, 429};
    try (ScriptedServer server =
        new ScriptedServer(
            (n, request, out) -> {
              if (n > statuses.length) {
                ScriptedServer.serve(file, TAG, request, out);
              } else {
                ScriptedServer.head(
                    out,
                    statuses[n - 1],
                    n == 2 ? "Retry-After: 3" : n == 3 ? "Retry-After: 86400" : "X: y",
                    "Content-Length: 0");
              }
            })) {
      // When
      fetch(wanted(server));

      // Then: as the limits say, as the server says, and not for as long as the server says
      assertEquals(
          List.of(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(5)), pauses);
      assertArrayEquals(file, Files.readAllBytes(target));
    }
  }

  @Test
  void shouldGiveUpOnAServerThatNeverCan() throws Exception {
    // Given
    try (ScriptedServer server = ScriptedServer.answering(503, "Content-Length: 0")) {
      // When
      String refusal = refusal(wanted(server), LIMITS);

      // Then
      assertTrue(refusal.contains("failed 4 times in a row"), refusal);
      assertTrue(refusal.contains("503"), refusal);
      assertEquals(LIMITS.attempts(), server.requests().size());
      assertEquals(LIMITS.attempts() - 1, pauses.size());
      assertNothingBesideTheTarget();
    }
  }

  @Test
  void shouldGiveUpOnAServerThatSendsAByteATime() throws Exception {
    // Given
    Limits hasty = once(LIMITS.answer(), Duration.ofMillis(300));
    CountDownLatch dropped = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            (n, request, out) -> {
              ScriptedServer.head(out, 200, "Content-Length: " + file.length);
              try {
                for (int i = 0; i < file.length; i++) {
                  out.write(file[i]);
                  out.flush();
                  Thread.sleep(20);
                }
              } catch (InterruptedException e) {
                throw new IOException(e);
              } finally {
                dropped.countDown();
              }
            })) {
      // When
      String refusal = refusal(wanted(server), hasty);

      // Then
      assertTrue(refusal.contains("fewer than 1024 bytes came"), refusal);
      assertTrue(dropped.await(1, TimeUnit.MINUTES), "the connection is still open");
    }
  }

  @Test
  void shouldGiveUpOnAServerThatNeverAnswers() throws Exception {
    // Given
    CountDownLatch end = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            (n, request, out) -> {
              try {
                end.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            })) {
      // When
      String refusal = refusal(wanted(server), once(Duration.ofMillis(300), LIMITS.patience()));

      // Then
      assertTrue(refusal.contains("no answer came"), refusal);
      end.countDown();
    }
  }

  @Test
  void shouldSayInOneSentenceThatNobodyListens() throws Exception {
    // Given
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }

    // When
    String refusal = refusal(wanted("http://localhost:" + closed + "/x?key=secret", file), LIMITS);

    // Then
    assertTrue(refusal.contains("localhost cannot be reached"), refusal);
    assertSaysWhatToDo(refusal, "http://localhost:" + closed + "/x");
  }

  @Test
  void shouldSayInOneSentenceThatAHostIsNotKnown() throws Exception {
    String refusal = refusal(wanted("http://nowhere.invalid/x?key=secret", file), LIMITS);

    assertTrue(refusal.contains("nowhere.invalid is not known here"), refusal);
    assertSaysWhatToDo(refusal, "http://nowhere.invalid/x");
  }

  @Test
  void shouldSayAtOnceThatTheHostItIsLedToIsNotKnown() throws Exception {
    // Given
    try (ScriptedServer server =
        ScriptedServer.answering(302, "Location: http://store.invalid/x", "Content-Length: 0")) {
      // When
      String refusal = refusal(wanted(server), LIMITS);

      // Then
      assertTrue(refusal.contains("store.invalid is not known here"), refusal);
      assertSaysWhatToDo(refusal, server.at("/x"));
    }
  }

  private void assertSaysWhatToDo(String refusal, String address) {
    assertTrue(refusal.contains(address), refusal);
    assertTrue(refusal.contains(target.toString()), refusal);
    assertTrue(refusal.contains(sha256(file)), refusal);
    assertTrue(refusal.contains("--address"), refusal);
    assertFalse(refusal.contains("secret"), refusal);
    assertEquals(1, refusal.lines().count(), refusal);
    assertEquals(List.of(), pauses, "it was tried again");
  }

  @Test
  void shouldFetchThroughAProxy() throws Exception {
    // Given
    try (ScriptedServer proxy = ScriptedServer.serving(file, TAG)) {
      Proxies proxies = new Proxies(Map.of("http_proxy", "localhost:" + proxy.port()));

      // When
      fetch(wanted("http://models.invalid/x", file), LIMITS, proxies);

      // Then
      assertEquals("GET http://models.invalid/x HTTP/1.1", proxy.requests().get(0).line());
      assertArrayEquals(file, Files.readAllBytes(target));
    }
  }

  @Test
  void shouldTellTheProxyAloneTheProxysPassword() throws Exception {
    // Given
    try (ScriptedServer proxy =
        new ScriptedServer(
            (n, request, out) -> {
              if (request.header("Proxy-Authorization").isEmpty()) {
                ScriptedServer.head(
                    out, 407, "Proxy-Authenticate: Basic realm=\"x\"", "Content-Length: 0");
              } else {
                ScriptedServer.serve(file, TAG, request, out);
              }
            })) {
      Proxies proxies =
          new Proxies(Map.of("HTTP_PROXY", "http://me:pa%20ss@localhost:" + proxy.port()));

      // When
      fetch(wanted("http://models.invalid/x", file), LIMITS, proxies);

      // Then: base64 of "me:pa ss"
      assertEquals("Basic bWU6cGEgc3M=", proxy.requests().get(1).header("Proxy-Authorization"));
      assertEquals("", proxy.requests().get(1).header("Authorization"));
    }
  }

  @Test
  void shouldNotInsistOnAPasswordThatTheProxyDoesNotTake() throws Exception {
    // Given
    try (ScriptedServer proxy =
        ScriptedServer.answering(
            407, "Proxy-Authenticate: Basic realm=\"x\"", "Content-Length: 0")) {
      Proxies proxies =
          new Proxies(Map.of("HTTP_PROXY", "http://me:secret@localhost:" + proxy.port()));

      // When
      String refusal =
          assertThrows(
                  CommandFailed.class,
                  () -> fetch(wanted("http://models.invalid/x", file), LIMITS, proxies))
              .getMessage();

      // Then
      assertTrue(refusal.contains("does not take the user name and the password"), refusal);
      assertFalse(refusal.contains("secret"), refusal);
      assertEquals(List.of(), pauses, "it was tried again");
    }
  }

  @Test
  void shouldNameTheProxyThatCannotBeReached() throws Exception {
    // Given
    Proxies proxies = new Proxies(Map.of("HTTP_PROXY", "http://me:secret@proxy.invalid:3128"));

    // When
    String refusal =
        assertThrows(
                CommandFailed.class,
                () -> fetch(wanted("http://models.invalid/x", file), LIMITS, proxies))
            .getMessage();

    // Then
    assertTrue(refusal.contains("the proxy proxy.invalid:3128"), refusal);
    assertFalse(refusal.contains("secret"), refusal);
  }

  @Test
  void shouldIgnoreWhatIsHereWhenNothingSaysWhatItIs() throws Exception {
    // Given
    Files.write(folder.resolve("model.onnx.part"), Arrays.copyOf(file, CUT));
    try (ScriptedServer server = ScriptedServer.serving(file, TAG)) {
      // When
      fetch(wanted(server));

      // Then
      assertEquals(0, server.requests().get(0).from());
      assertArrayEquals(file, Files.readAllBytes(target));
    }
  }

  @Test
  void shouldEndWithTheRightFileOrNoneWhateverTheServerDoes() throws Exception {
    int fetched = 0;
    int seeds = 60;
    for (long seed = 0; seed < seeds; seed++) {
      // Given
      Random random = new Random(seed);
      Files.deleteIfExists(target);
      boolean sizeKnown = random.nextBoolean();
      try (ScriptedServer server =
          new ScriptedServer((n, request, out) -> mischief(random, request, out))) {
        Wanted wanted =
            new Wanted(
                "m", address(server.at("/x")), target, sha256(file), sizeKnown ? file.length : 0);

        // When
        String outcome = "put in place";
        try {
          fetch(wanted);
        } catch (CommandFailed refusal) {
          outcome = refusal.getMessage();
        }

        // Then
        boolean there = Files.exists(target);
        assertEquals(outcome.equals("put in place"), there, "seed " + seed + ": " + outcome);
        if (there) {
          assertArrayEquals(file, Files.readAllBytes(target), "seed " + seed);
          fetched++;
        }
      }
    }
    assertTrue(fetched > 0 && fetched < seeds, fetched + " of " + seeds + " were fetched");
  }

  /** Anything a server may do in good or bad faith; often enough what it should. */
  private void mischief(Random random, ScriptedServer.Request request, OutputStream out)
      throws IOException {
    int what;
    int cut;
    synchronized (random) {
      what = random.nextInt(12);
      cut = random.nextInt(file.length);
    }
    int from = Math.min(request.from(), file.length);
    switch (what) {
      case 0 -> ScriptedServer.head(out, 503, "Content-Length: 0");
      case 1 -> {
        ScriptedServer.head(out, 200, "ETag: " + TAG, "Content-Length: " + file.length);
        out.write(file, 0, cut);
      }
      case 2 -> {
        ScriptedServer.head(out, 200);
        out.write(file, 0, cut);
      }
      case 3 -> {
        ScriptedServer.head(out, 206, "Content-Range: bytes " + from + "-" + cut + "/*");
        out.write(file, Math.min(from, cut), file.length - Math.max(from, cut));
      }
      case 4 -> ScriptedServer.head(out, 416, "Content-Range: bytes */" + from);
      case 5 -> out.write("HTTP/1.1 banana\r\n\r\n".getBytes());
      case 6 -> {
        ScriptedServer.head(out, 200, "ETag: \"v" + cut + "\"");
        out.write(file);
      }
      case 7 -> {
        // nothing at all
      }
      default -> ScriptedServer.serve(file, TAG, request, out);
    }
  }

  private ScriptedServer cutOnce() throws IOException {
    return new ScriptedServer(cut().then(ScriptedServer.file(file, TAG)));
  }

  private ScriptedServer.Script cut() {
    return (n, request, out) -> {
      ScriptedServer.head(out, 200, "ETag: " + TAG, "Content-Length: " + file.length);
      out.write(file, 0, CUT);
    };
  }

  private Wanted wanted(ScriptedServer server) {
    return wanted(server.at("/x"), file);
  }

  private Wanted wanted(String address, byte[] content) {
    return new Wanted("m", address(address), target, sha256(content), content.length);
  }

  private static Address address(String text) {
    return Address.of(text);
  }

  private void fetch(Wanted wanted) throws InterruptedException {
    fetch(wanted, LIMITS, ProxySelector.of(null));
  }

  private void fetch(Wanted wanted, Limits limits, ProxySelector proxies)
      throws InterruptedException {
    try (PartFile part = PartFile.open(target, pauses::add, () -> {})) {
      new Download(limits, proxies, pauses::add, new Silence()).fetch(wanted, part);
    }
  }

  private String refusal(Wanted wanted, Limits limits) {
    return assertThrows(CommandFailed.class, () -> fetch(wanted, limits, ProxySelector.of(null)))
        .getMessage();
  }

  private static Limits once() {
    return once(LIMITS.answer(), LIMITS.patience());
  }

  private static Limits once(Duration answer, Duration patience) {
    return new Limits(
        LIMITS.connect(),
        answer,
        patience,
        LIMITS.leastBytes(),
        1,
        LIMITS.progress(),
        LIMITS.firstPause(),
        LIMITS.longestPause(),
        LIMITS.redirects(),
        LIMITS.mostBytes());
  }

  private void assertNothingBesideTheTarget() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of(),
          files
              .map(path -> path.getFileName().toString())
              .filter(name -> !name.equals("model.onnx") && !name.equals(".model.onnx.lock"))
              .toList());
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Silence implements Progress {
    @Override
    public void received(long bytes, long total) {}

    @Override
    public void note(String sentence) {}

    @Override
    public void ended() {}
  }
}
