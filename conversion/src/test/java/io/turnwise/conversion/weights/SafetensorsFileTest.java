package io.turnwise.conversion.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.conversion.weights.NpzFileTest.DamagedFiles;
import io.turnwise.testing.SafetensorsBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
  private static final float[] SIX = {1, -2, 3, 4.5f, 5, 6};
  private static final int[] TWO_BY_THREE = {2, 3};

  @TempDir Path folder;

  @Test
  void shouldReadEveryFloatingPointType() throws Exception {
    // Given
    ByteBuffer half = little(12);
    ByteBuffer brain = little(12);
    ByteBuffer single = little(24);
    ByteBuffer wide = little(48);
    short[] halves = {0x3c00, (short) 0xc000, 0x4200, 0x4480, 0x4500, 0x4600};
    for (int i = 0; i < SIX.length; i++) {
      half.putShort(halves[i]);
      brain.putShort((short) (Float.floatToIntBits(SIX[i]) >>> 16));
      single.putFloat(SIX[i]);
      wide.putDouble(SIX[i]);
    }
    byte[] bytes =
        new SafetensorsBytes()
            .array("half", "F16", TWO_BY_THREE, half.array())
            .array("brain", "BF16", TWO_BY_THREE, brain.array())
            .array("single", "F32", TWO_BY_THREE, single.array())
            .array("wide", "F64", TWO_BY_THREE, wide.array())
            .file();

    try (WeightsFile file = WeightsFile.open(written(bytes))) {
      assertEquals(List.of("half", "brain", "single", "wide"), List.copyOf(file.names()));
      for (String name : file.names()) {
        // Then
        assertEquals(List.of(2, 3), file.shape(name));
        assertArrayEquals(SIX, file.values(name), name);
      }
    }
  }

  @Test
  void shouldReadAHeaderFilledUpWithSpaces() throws Exception {
    byte[] numbers = little(4).putFloat(7).array();

    try (WeightsFile file = WeightsFile.open(written(one("F32", "[1]", "[0,4]", "}   ", numbers)))) {
      assertArrayEquals(new float[] {7}, file.values("a"));
    }
  }

  @Test
  void shouldReadAnArrayWithoutNumbers() throws Exception {
    byte[] bytes = new SafetensorsBytes().array("a", new int[] {0, 3}, new float[0]).file();

    try (WeightsFile file = WeightsFile.open(written(bytes))) {
      assertArrayEquals(new float[0], file.values("a"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"I64", "C128"})
  void shouldRefuseOnlyTheValuesOfArraysThatAreNoFloats(String type) throws Exception {
    byte[] bytes = one(type, "[1]", "[0,8]", "}", new byte[8]);

    try (WeightsFile file = WeightsFile.open(written(bytes))) {
      UnusableWeights refused = assertThrows(UnusableWeights.class, () -> file.values("a"));
      assertTrue(refused.getMessage().contains("another type than F16"), refused.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "F32 | [2] | [0,4]  | takes 8 bytes, but gives it 4",
        "F32 | [2] | [4,12] | is truncated: a ends at byte 12",
        "F32 | [1] | [4,8]  | 4 bytes between the header and a that belong to nothing",
        "F32 | [1] | [0,4]  | 4 bytes after a that belong to nothing",
        "F32 | [2] | [8,0]  | no place in a file",
        "F32 | [2] | [-8,0] | no place in a file",
        "F32 | [2] | [0,8.0] | no place in a file",
        "F32 | [2] | [0,99999999999999999999] | no place in a file",
        "F32 | [2] | [0] | without dtype, shape and data_offsets",
        "F32 | [-2] | [0,8] | a shape that is none",
        "F32 | [\"2\"] | [0,8] | a shape that is none",
        "F32 | [4294967298] | [0,8] | a shape that is none",
        "F32 | [65536,65536] | [0,8] | absurd",
        "F32 | 2 | [0,8] | without dtype, shape and data_offsets",
      })
  void shouldRefuseArraysThatCannotLieWhereTheySay(
      String type, String shape, String place, String words) throws Exception {
    assertRefused(words, one(type, shape, place, "}", new byte[8]));
  }

  @Test
  void shouldRefuseArraysThatOverlap() throws Exception {
    assertRefused(
        "lays b over a",
        SafetensorsBytes.file(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
            new byte[12]));
  }

  @Test
  void shouldRefuseTwoArraysOfOneName() throws Exception {
    assertRefused(
        "no JSON",
        SafetensorsBytes.file(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
            new byte[8]));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, (16 << 20) + 1})
  void shouldRefuseHeadersOfAbsurdLength(long length) throws Exception {
    assertRefused(
        "says that its header takes " + Long.toUnsignedString(length),
        SafetensorsBytes.file(length, "{}".getBytes(StandardCharsets.UTF_8), new byte[0]));
  }

  @Test
  void shouldRefuseAHeaderThatBreaksOff() throws Exception {
    assertRefused(
        "breaks off within its header",
        SafetensorsBytes.file(100, "{}".getBytes(StandardCharsets.UTF_8), new byte[0]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"a\"}", "{} {}", "{\"a\":1}", "{\"\":{}}"})
  void shouldRefuseHeadersThatDescribeNoArrays(String header) throws Exception {
    assertRefused("weights", SafetensorsBytes.file(header, new byte[0]));
  }

  @Test
  void shouldRefuseAHeaderThatNestsDeeply() throws Exception {
    assertRefused("no JSON", SafetensorsBytes.file("{\"a\":".repeat(100_000), new byte[0]));
  }

  @Test
  void shouldNotPrintNamesThatPlayTricks() throws Exception {
    assertRefused(
        "whose name is not",
        SafetensorsBytes.file(
            "{\"a\\u001b[2J\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
            new byte[0]));
  }

  @Test
  void shouldRefuseAFileThatBreaksOffAnywhere() throws Exception {
    byte[] whole =
        new SafetensorsBytes()
            .array("a", TWO_BY_THREE, SIX)
            .array("b", TWO_BY_THREE, SIX)
            .file();
    for (int length = 0; length < whole.length; length++) {
      assertRefused("weights", Arrays.copyOf(whole, length));
    }
  }

  @Test
  void shouldEitherReadOrRefuseWhateverIsDamaged() throws Exception {
    byte[] whole =
        new SafetensorsBytes()
            .array("a", TWO_BY_THREE, SIX)
            .array("b", TWO_BY_THREE, SIX)
            .file();
    DamagedFiles.each(whole, 3_000, file -> read(written(file)));
  }

  private static byte[] one(String type, String shape, String place, String end, byte[] numbers) {
    return SafetensorsBytes.file(
        "{\"a\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}%s"
            .formatted(type, shape, place, end),
        numbers);
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void read(Path path) {
    try (WeightsFile file = WeightsFile.open(path)) {
      file.names().forEach(file::values);
    }
  }

  private void assertRefused(String words, byte[] bytes) throws Exception {
    Path path = written(bytes);
    UnusableWeights refused = assertThrows(UnusableWeights.class, () -> read(path));
    assertTrue(refused.getMessage().contains(words), refused.getMessage());
    assertTrue(refused.getMessage().contains(path.toString()), refused.getMessage());
  }

  private Path written(byte[] file) throws Exception {
    return Files.write(folder.resolve("weights"), file);
  }
}
