package io.turnwise.inference.speech;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every gate promises, whatever it hears by. */
abstract class SpeechGateContract {
  private static final long SEED = 20_261_121;

  /** The gates under test; shared, not to be closed by a test. */
  abstract SpeechGate.Factory gates();

  @Test
  void shouldDecideTheSameWhenResumedBeforeEverySegment() {
    Random random = new Random(SEED);
    for (int call = 0; call < 4; call++) {
      // Given
      float[] samples = Sounds.babble(random, 12 * 16_000);
      SpeechGate uninterrupted = gates().start();
      byte[] state = gates().start().state();
      boolean someSpeech = false;
      for (int heard = 0; heard < samples.length; ) {
        String where = "seed " + SEED + ", call " + call + ", after sample " + heard;
        int fresh = Math.min(samples.length - heard, 160 * random.nextInt(151));
        int overlap = Math.min(heard, 160 * random.nextInt(400));
        float[] segment = Arrays.copyOfRange(samples, heard - overlap, heard + fresh);
        // When
        SpeechGate resumed = gates().resume(state);
        boolean[] expected = uninterrupted.decide(segment, fresh);
        boolean[] decided = resumed.decide(segment.clone(), fresh);
        state = resumed.state();
        // Then
        assertEquals(segment.length / SpeechGate.FRAME, decided.length, where);
        assertArrayEquals(expected, decided, where);
        assertArrayEquals(uninterrupted.state(), state, where);
        assertTrue(state.length <= 1024, where + ": " + state.length + " bytes");
        for (boolean frame : decided) {
          someSpeech |= frame;
        }
        heard += fresh;
      }
      assertTrue(someSpeech || callMayBeSilent(), "the fixture has something to decide about");
    }
  }

  /** Whether made-up babble need not pass for speech. */
  abstract boolean callMayBeSilent();

  @Test
  void shouldHearNoSpeechInDigitalSilence() {
    boolean[] decisions = Sounds.decisions(gates().start(), new float[10 * 16_000], Sounds.HOP);

    assertEquals(0, Sounds.share(decisions, 0));
  }

  @Test
  void shouldHearNextToNoSpeechInSteadyNoise() {
    for (double rms : new double[] {0.0003, 0.003, 0.03, 0.3}) {
      float[] noise = Sounds.noise(new Random(SEED), 20 * 16_000, rms);

      boolean[] decisions = Sounds.decisions(gates().start(), noise, Sounds.HOP);

      assertTrue(
          Sounds.share(decisions, 1.5) < 0.01,
          () -> "at " + rms + ": " + Sounds.share(decisions, 1.5));
    }
  }

  @Test
  void shouldRefuseASegmentThatIsNotWholeFrames() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> gates().start().decide(new float[24_001], 0));

    assertEquals("segment: must be a multiple of 160 samples, was 24001", refusal.getMessage());
  }

  @Test
  void shouldRefuseFreshSamplesThatAreNotInTheSegment() {
    for (int fresh : new int[] {-160, 24_160, 1}) {
      IllegalArgumentException refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> gates().start().decide(new float[24_000], fresh));

      assertEquals(
          "fresh: must be a multiple of 160 from 0 to 24000, was " + fresh, refusal.getMessage());
    }
  }

  @Test
  void shouldRefuseASampleThatIsNoNumberAndKeepItsState() {
    // Given
    SpeechGate gate = gates().start();
    gate.decide(Sounds.babble(new Random(SEED), 24_000), 24_000);
    byte[] before = gate.state();
    float[] segment = new float[24_000];
    segment[12_345] = Float.NaN;
    // When
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> gate.decide(segment, 12_000));
    // Then
    assertEquals("segment: sample 12345 is NaN", refusal.getMessage());
    assertArrayEquals(before, gate.state());
  }

  @Test
  void shouldRefuseAStateItDidNotWrite() {
    byte[] state = gates().start().state();
    byte[] other = state.clone();
    other[0] = 99;

    assertThrows(IllegalArgumentException.class, () -> gates().resume(new byte[0]));
    assertThrows(
        IllegalArgumentException.class,
        () -> gates().resume(Arrays.copyOf(state, state.length - 1)));
    assertThrows(IllegalArgumentException.class, () -> gates().resume(other));
  }

  @Test
  void shouldTakeAnEmptySegment() {
    assertEquals(0, gates().start().decide(new float[0], 0).length);
  }
}
