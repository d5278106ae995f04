package io.turnwise.inference.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.RepeatableNoise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentHoldTest {
  private static final int EXIT = 7;

  @TempDir private Path folder;

  @Test
  void shouldHoldTheEnvironmentOfThisVersionOfTheBinding() {
    // Given
    OrtEnvironment.getEnvironment("turnwise");

    // Then
    assertTrue(EnvironmentHold.held());
  }

  @Test
  void shouldLetNetworksOpenAndRunWhileTheProcessEnds() throws IOException, InterruptedException {
    // Given a process that computes, and is told to end
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ErrorFile=" + folder.resolve("crash"),
                "-cp",
                System.getProperty("java.class.path"),
                Ending.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();

    // When
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();

    // Then it has computed on until its end, which was its own
    assertTrue(ended);
    assertEquals(EXIT, process.exitValue(), Files.readString(log));
    assertTrue(Files.readString(log).contains("went on"), Files.readString(log));
  }

  /** Ends with {@link #EXIT}, and goes on with networks in a hook beside ONNX Runtime's. */
  static final class Ending {
    private Ending() {}

    public static void main(String[] arguments) throws InterruptedException {
      CountDownLatch begun = new CountDownLatch(4);
      AtomicLong runs = new AtomicLong();
      for (int number = 0; number < 4; number++) {
        Thread thread = new Thread(() -> compute(begun, runs));
        thread.setDaemon(true);
        thread.start();
      }
      begun.await();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> lookOn(runs)));
      System.exit(EXIT);
    }

    private static void compute(CountDownLatch begun, AtomicLong runs) {
      float[] samples = new RepeatableNoise(1).next(24_000, 0.1);
      boolean[] speech = new boolean[150];
      Arrays.fill(speech, true);
      Model model = new Model("tiny", "f", InputKind.FEATURES, 80, 80, 0.5f, OnnxBytes.features());
      while (true) {
        try (SpeakerEmbedder embedder = SpeakerEmbedder.open(model, samples.length)) {
          for (int run = 0; run < 5; run++) {
            embedder.embed(samples, speech);
            runs.incrementAndGet();
          }
          begun.countDown();
        }
      }
    }

    private static void lookOn(AtomicLong runs) {
      long before = runs.get();
      try {
        Thread.sleep(2000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (runs.get() > before + 100) {
        System.out.println("went on");
      }
    }
  }
}
