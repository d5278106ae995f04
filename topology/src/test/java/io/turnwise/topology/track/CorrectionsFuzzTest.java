package io.turnwise.topology.track;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is heard, the state says of each moment what the call's consumers hold of it. */
class CorrectionsFuzzTest {
  private static final String OTHER_MODEL = "b".repeat(64);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void shouldHoldWhatItsConsumersHoldWhenOneChannelCarriesAll(long seed) {
    // Given
    Random random = new Random(seed);
    SyntheticCall made = made(seed, random);
    speak(made, random, 900, random.nextInt(6) + 1);

    // When each step is checked
    FollowedCall call = new FollowedCall("seed " + seed);
    call.hear(made.segments(0, random.nextBoolean() ? 750 : 250 + 250 * random.nextInt(5)));

    // Then
    call.end();
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30})
  void shouldHoldWhatItsConsumersHoldWhenChannelsComeAndGo(long seed) {
    // Given three channels, of which one begins late and one ends early and begins again, and
    // enrolled voices, one of them by two models that do not agree
    Random random = new Random(seed);
    SyntheticCall made = made(seed, random);
    speak(made.on(0), random, 500, 6);
    speak(made.on(1), random, 400, 6);
    speak(made.on(2).pause(60), random, 300, 6);
    List<Observation> segments = new ArrayList<>(made.segments());
    segments.removeIf(
        segment ->
            segment.channel() == 1
                && segment.span().startMillis() > 150_000
                && segment.span().startMillis() < 200_000);

    // When each step is checked
    FollowedCall call =
        new FollowedCall("seed " + seed)
            .enrolled(
                new EnrolledVoices.Enrolled("alice", SyntheticCall.MODEL, made.voice(0)),
                new EnrolledVoices.Enrolled("bob", SyntheticCall.MODEL, made.voice(1)),
                new EnrolledVoices.Enrolled(
                    "bob", OTHER_MODEL, Arrays.copyOf(made.voice(2), made.voice(2).length / 2)));
    boolean ended = false;
    for (Observation segment : segments) {
      if (!ended && segment.span().startMillis() > 160_000) {
        call.end(1);
        ended = true;
      }
      call.hear(segment);
    }

    // Then
    call.end();
  }

  private static SyntheticCall made(long seed, Random random) {
    double between = 0.15 + 0.35 * random.nextDouble();
    return new SyntheticCall(
        seed, 6, 24 + random.nextInt(100), between, between + 0.15 + 0.3 * random.nextDouble());
  }

  /** Turns of all lengths, levels and models, pauses and voices that become another's. */
  private static void speak(SyntheticCall made, Random random, double seconds, int speakers) {
    long until = made.end() + Math.round(1000 * seconds);
    while (made.end() < until) {
      int what = random.nextInt(20);
      int speaker = random.nextInt(speakers);
      double length = 0.2 + 6 * random.nextDouble() * random.nextDouble();
      if (what < 4) {
        made.pause(0.1 + 3 * random.nextDouble() * random.nextDouble());
      } else if (what < 5) {
        made.drift(speaker, random.nextInt(6), random.nextDouble(), 3 * length);
      } else if (what < 6) {
        made.at(SyntheticCall.LEVEL_DB - 40 * random.nextFloat()).turn(speaker, length);
        made.at(SyntheticCall.LEVEL_DB);
      } else if (what < 7 && random.nextInt(8) == 0) {
        made.by(random.nextBoolean() ? SyntheticCall.MODEL : OTHER_MODEL).turn(speaker, length);
      } else if (what < 8) {
        made.turn(speaker, 8 * length);
      } else {
        made.turn(speaker, length);
      }
    }
    made.by(SyntheticCall.MODEL);
  }
}
