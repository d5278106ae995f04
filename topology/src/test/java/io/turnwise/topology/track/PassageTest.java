package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.Role;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PassageTest {
  private final SyntheticCall made = new SyntheticCall(1, 2);
  private final float[] one = made.direction();
  private final float[] other = made.direction();

  @Test
  void shouldHoldTheMeanOfTheSegmentsItIsOf() {
    // Given
    Passage first = passage(0, one, 1);
    Passage second = passage(750, other, 0.5f);

    // When
    Passage both = first.with(second);

    // Then
    double[] expected =
        IntStream.range(0, one.length).mapToDouble(i -> (one[i] + 0.5 * other[i]) / 1.5).toArray();
    float[] mean = both.mean();
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], mean[i], 0.01, "value " + i);
    }
    assertEquals(1.5, both.mass(), 1e-6);
    assertEquals(750, both.fromMillis());
    assertEquals(1500, both.untilMillis());
  }

  @Test
  void shouldLastFromTheFirstToTheLastOfItsSegmentsInWhateverOrderTheyAreTakenTogether() {
    // Given a passage within another
    Passage within = passage(1500, one, 1);
    Passage around = passage(0, one, 1).with(passage(3000, one, 1));

    // Then
    for (Passage both : List.of(within.with(around), around.with(within))) {
      assertEquals(750, both.fromMillis());
      assertEquals(3750, both.untilMillis());
    }
  }

  @Test
  void shouldHaveNoDirectionOfItsOwnWhereEachSegmentMayHoldAnotherVoice() {
    // Given
    Passage impure = Passage.of(0, Role.UNKNOWN, 0, window(0, one, 1), 3, 3, 0, false);

    // When
    Passage more = impure.with(passage(750, other, 1));

    // Then
    assertEquals(0, impure.mass());
    assertArrayEquals(new float[one.length], impure.mean());
    assertEquals(1, more.mass());
    assertEquals(1, UnitVector.dot(more.mean(), other), 0.01);
  }

  @Test
  void shouldCountThePausesBetweenItsSegmentsAsPlaces() {
    // Given two segments after which the voice goes on after a pause
    Passage passage =
        Passage.of(0, Role.UNKNOWN, 0, window(0, one, 1), 3, 3, 1, true)
            .with(Passage.of(0, Role.UNKNOWN, 0, window(750, one, 1), 3, 3, 0, true))
            .with(Passage.of(0, Role.UNKNOWN, 0, window(1500, one, 1), 3, 3, 1, true));

    // Then
    assertEquals(3, passage.places());
  }

  @Test
  void shouldLoseMoreWhereItIsTakenTogetherWithWhatItIsLessLike() {
    // Given
    Passage passage = passage(0, one, 4);

    // Then
    assertEquals(0, passage.lossWith(passage(750, one, 1)), 1e-3);
    assertTrue(
        passage.lossWith(passage(750, made.between(0, 1, 0.2), 1))
            > passage.lossWith(passage(750, one, 1)));
    assertEquals(0, passage.lossWith(passage(750, other, 0)), 0);
  }

  @Test
  void shouldBeEntangledOnlyWithWhatWasPublishedAsTheSameAtTheSameTime() {
    // Given
    Passage passage = passage(0, one, 1).with(passage(6000, one, 1));
    Passage within = passage(3000, other, 1).takenFor(4);

    // Then
    assertTrue(passage.isEntangledWith(within));
    assertTrue(within.isEntangledWith(passage));
    assertFalse(passage.isEntangledWith(within.publishedAs(4)));
    assertFalse(passage.isEntangledWith(passage(7500, other, 1)));
    assertFalse(
        passage
            .publishedAs(ChannelMemory.NOBODY)
            .isEntangledWith(within.publishedAs(ChannelMemory.NOBODY)));
  }

  @Test
  void shouldSayNothingMoreOfWhatAChangeReplaced() {
    // Given
    Passage passage = passage(0, one, 1).with(passage(6000, one, 1));

    // Then
    assertSame(passage, passage.supersededFrom(6751));
    assertEquals(3, passage.supersededFrom(3000).published());
    assertEquals(2999, passage.supersededFrom(3000).untilMillis());
    assertEquals(ChannelMemory.NOBODY, passage.supersededFrom(750).published());
    assertEquals(3, passage.supersededFrom(750).voice());
  }

  @Test
  void shouldBeTheSameWhenItIsReadFromItsBytes() {
    // Given
    Passage passage =
        Passage.of(200, Role.CUSTOMER, 1, window(5_000_000_000L, one, 0.5f), 7, -2, 3, true);

    // When
    Passage read = Passage.fromBytes(passage.toBytes());

    // Then
    assertArrayEquals(passage.toBytes(), read.toBytes());
    assertEquals(
        "200 CUSTOMER 1 5000000750 5000000750 7 -2 4 0.5 1.0",
        String.join(
            " ",
            List.of(
                "" + read.channel(),
                "" + read.role(),
                "" + read.model(),
                "" + read.fromMillis(),
                "" + read.untilMillis(),
                "" + read.voice(),
                "" + read.published(),
                "" + read.places(),
                "" + read.mass(),
                "" + read.length())));
  }

  private static Passage passage(long start, float[] vector, float weight) {
    return Passage.of(0, Role.UNKNOWN, 0, window(start, vector, weight), 3, 3, 0, weight > 0);
  }

  private static Window window(long start, float[] vector, float weight) {
    return new Window(
        start,
        List.of(new Span(start, start + 1500)),
        weight,
        SyntheticCall.LEVEL_DB,
        false,
        false,
        Window.packed(vector));
  }
}
