package io.turnwise.bench;

import io.turnwise.inference.audio.Resampler;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.SpeakerEmbedder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One segment from samples to embedding: features and network. One session, shared by threads. */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class EmbedderBenchmark extends AverageTime {
  private static final int SEGMENT = 24_000;

  /** A model's name in the manifest, or the path of an ONNX file. */
  @Param(ModelCatalog.DEFAULT)
  public String model;

  private final float[] segment = Tones.warble(Resampler.OUTPUT_RATE, 1.5);
  private final boolean[] speech = new boolean[SEGMENT / 160];
  private SpeakerEmbedder embedder;

  @Setup
  public void open() {
    Arrays.fill(speech, true);
    Path home = Path.of(System.getProperty("turnwise.home", "."));
    embedder = SpeakerEmbedder.open(ModelCatalog.of(home).find(model), SEGMENT);
  }

  @Benchmark
  public float[] embed() {
    return embedder.embed(segment, speech);
  }

  @TearDown
  public void close() {
    embedder.close();
  }
}
