package io.turnwise.bench;

import io.turnwise.inference.audio.Resampler;
import io.turnwise.inference.features.Fbank;
import io.turnwise.inference.features.Features;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What comes before the network, for one segment of 1.5 s at a hop of 0.75 s. */
@State(Scope.Thread)
public class FrontEndBenchmark extends AverageTime {
  private static final int SEGMENT = 24_000;
  private static final int HOP = 12_000;

  private final float[] segment = Tones.warble(Resampler.OUTPUT_RATE, 1.5);
  private final float[] telephoneHop = Tones.warble(8_000, 0.75);
  private final float[] compactDiscHop = Tones.warble(44_100, 0.75);
  private final Resampler telephone = Resampler.start(8_000);
  private final Resampler compactDisc = Resampler.start(44_100);
  private final Fbank fbank = new Fbank();
  private final SpeechGate.Factory gates = SpeechGates.named(SpeechGates.ENERGY);
  private final SpeechGate gate = gates.start();

  @Benchmark
  public Features fbank() {
    return fbank.computeCentred(segment, 0, SEGMENT);
  }

  @Benchmark
  public float[] resampleFrom8000() {
    return telephone.push(telephoneHop, 0, telephoneHop.length);
  }

  @Benchmark
  public float[] resampleFrom44100() {
    return compactDisc.push(compactDiscHop, 0, compactDiscHop.length);
  }

  @Benchmark
  public boolean[] speechGate() {
    return gate.decide(segment, HOP);
  }

  @TearDown
  public void close() {
    gates.close();
  }
}
