package io.turnwise.conversion.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.testing.NpzBytes;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpzFileTest {
  /** The numbers of arrays.py, as float16 holds them. */
  private static final float[] NUMBERS = {0f, -1.5f, 2.25f, 503 * 0x1p-24f, 65504f, -0.125f};

  private static final float[] SIX = {1, 2, 3, 4, 5, 6};
  private static final int[] TWO_BY_THREE = {2, 3};

  /** Places in an entry's record in the archive's directory. */
  private static final int CHECKSUM = 16;

  private static final int SIZE = 24;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"single", "half", "double_big", "fortran", "version2", "version3"})
  void shouldReadWhatNumPyWrites(String name) throws Exception {
    try (WeightsFile file = WeightsFile.open(fromNumPy())) {
      assertEquals(List.of(2, 3), file.shape(name));
      assertArrayEquals(NUMBERS, file.values(name));
    }
  }

  @Test
  void shouldReadScalarsAndEmptyArrays() throws Exception {
    try (WeightsFile file = WeightsFile.open(fromNumPy())) {
      assertEquals(List.of(), file.shape("scalar"));
      assertArrayEquals(new float[] {7.5f}, file.values("scalar"));
      assertEquals(List.of(0, 4), file.shape("empty"));
      assertArrayEquals(new float[0], file.values("empty"));
    }
  }

  @Test
  void shouldReadFortranOrderInFourDimensions() throws Exception {
    // Given: element (i, j, k, l) of shape (2, 3, 2, 2) lies at i + 2 (j + 3 (k + 2 l))
    float[] numbers = new float[24];
    float[] wanted = new float[24];
    for (int i = 0; i < 24; i++) {
      int at = i / 12 + 2 * (i / 4 % 3 + 3 * (i / 2 % 2 + 2 * (i % 2)));
      numbers[at] = i;
      wanted[i] = i;
    }
    byte[] array =
        NpzBytes.npy(
            "{'fortran_order': True, 'descr': '<f4', 'shape': (2, 3, 2, 2)}", bytes(numbers));

    // Then
    assertArrayEquals(wanted, values(new NpzBytes().stored("a.npy", array).file()));
  }

  @ParameterizedTest
  @CsvSource({
    "0x0001, 0x1p-24",
    "0x8000, -0.0",
    "0x3c00, 1",
    "0x7bff, 65504",
    "0x0400, 0x1p-14",
    "0x7c00, Infinity",
    "0xfc00, -Infinity",
    "0x7e00, NaN"
  })
  void shouldReadEveryKindOfFloat16(String bits, float value) throws Exception {
    byte[] number =
        ByteBuffer.allocate(2)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) (int) Integer.decode(bits))
            .array();

    float[] values =
        values(new NpzBytes().stored("a.npy", NpzBytes.npy("<f2", new int[] {1}, number)).file());

    assertArrayEquals(new float[] {value}, values);
  }

  @Test
  void shouldReadStoredAndDeflatedArraysInTheFilesOrder() throws Exception {
    byte[] file =
        new NpzBytes().deflated("b", TWO_BY_THREE, SIX).array("a", TWO_BY_THREE, SIX).file();

    try (WeightsFile weights = WeightsFile.open(written(file))) {
      assertEquals(List.of("b", "a"), List.copyOf(weights.names()));
      assertArrayEquals(SIX, weights.values("a"));
      assertArrayEquals(SIX, weights.values("b"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "objects, pickled Python objects",
    "text, 'holds text as <U2, and known are float16'",
    "counter, 'holds counter as <i8, and known are'"
  })
  void shouldRefuseTheValuesOfArraysThatAreNoFloats(String name, String words) throws Exception {
    try (WeightsFile file = WeightsFile.open(fromNumPy())) {
      UnusableWeights refused =
          assertThrows(UnusableWeights.class, () -> file.values(name));
      assertTrue(refused.getMessage().contains(words), refused.getMessage());
    }
  }

  @Test
  void shouldTellThatThereIsNoSuchArray() throws Exception {
    try (WeightsFile file = WeightsFile.open(fromNumPy())) {
      assertThrows(IllegalArgumentException.class, () -> file.values("nothing"));
      assertThrows(IllegalArgumentException.class, () -> file.shape("nothing"));
    }
  }

  @Test
  void shouldRefuseAnArchiveThatSaysAnotherSizeThanTheArray() throws Exception {
    byte[] file = new NpzBytes().deflated("a", TWO_BY_THREE, SIX).file();

    assertRefused("takes 152 bytes, but has 151", patched(file, SIZE, 151));
  }

  @Test
  void shouldRefuseAnArrayWithFewerBytesThanBothItAndTheArchiveSay() throws Exception {
    byte[] array = NpzBytes.npy("<f4", new int[] {250}, bytes(SIX));
    byte[] file = new NpzBytes().deflated("a.npy", array).file();

    assertRefused("another number of bytes", patched(file, SIZE, array.length - 24 + 1000));
  }

  @Test
  void shouldRefuseAnArrayWithMoreBytesThanBothItAndTheArchiveSay() throws Exception {
    byte[] array = NpzBytes.npy("<f4", new int[] {1}, bytes(SIX));
    byte[] file = new NpzBytes().deflated("a.npy", array).file();

    assertRefused("another number of bytes", patched(file, SIZE, array.length - 20));
  }

  @Test
  void shouldRefuseAnArrayWhoseChecksumDoesNotHold() throws Exception {
    byte[] file = new NpzBytes().array("a", TWO_BY_THREE, SIX).file();

    assertRefused("the checksum of a does not hold", patched(file, CHECKSUM, 12345));
  }

  @Test
  void shouldRefuseAnArchiveThatUnpacksToMoreThanIsRead() throws Exception {
    byte[] array = NpzBytes.npy("<f4", new int[] {1 << 27}, bytes(SIX));
    byte[] file = new NpzBytes().deflated("a.npy", array).file();

    assertRefused("unpacks to more than", patched(file, SIZE, array.length - 24 + (1 << 29)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (100000, 100000)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, , 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 6}",
        "{'descr': '<f4', 'fortran_order': 'False', 'shape': (6,)}",
        "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'more': True}",
        "{'descr': '<f4', 'fortran_order': False}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,)} + exit()",
        "exit() or {'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
        "nothing of the kind",
        ""
      })
  void shouldRefuseHeadersThatDescribeNoArray(String header) throws Exception {
    assertRefused(
        "weights", new NpzBytes().stored("a.npy", NpzBytes.npy(header, bytes(SIX))).file());
  }

  @Test
  void shouldRefuseMoreDimensionsThanNumPyHas() throws Exception {
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1, ".repeat(20_000) + ")}";

    assertRefused(
        "no plain array", new NpzBytes().stored("a.npy", NpzBytes.npy(header, bytes(SIX))).file());
  }

  @ParameterizedTest
  @CsvSource({"6, 9, version 9", "8, 0xff, truncated", "0, 0, no NumPy array"})
  void shouldRefuseArraysThatBeginWrongly(int at, String value, String words) throws Exception {
    byte[] array = NpzBytes.npy("<f4", TWO_BY_THREE, bytes(SIX));
    array[at] = (byte) (int) Integer.decode(value);

    assertRefused(words, new NpzBytes().stored("a.npy", array).file());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 7, 9, 30})
  void shouldRefuseArraysThatBreakOff(int length) throws Exception {
    byte[] array = Arrays.copyOf(NpzBytes.npy("<f4", TWO_BY_THREE, bytes(SIX)), length);

    assertRefused("a", new NpzBytes().stored("a.npy", array).file());
  }

  @Test
  void shouldRefuseTwoArraysOfOneName() throws Exception {
    // Given
    byte[] file =
        new NpzBytes()
            .array("first", TWO_BY_THREE, SIX)
            .array("other", TWO_BY_THREE, SIX)
            .file();
    String text = new String(file, StandardCharsets.ISO_8859_1).replace("other.npy", "first.npy");

    // Then
    assertRefused("two arrays of the name first", text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void shouldRefuseArchivesOfOtherThings() throws Exception {
    assertRefused(
        "readme.txt in it", new NpzBytes().stored("readme.txt", new byte[] {1, 2, 3}).file());
  }

  @Test
  void shouldSayWhatToDoWithAPyTorchCheckpoint() throws Exception {
    assertRefused(
        "save its tensors as .safetensors",
        new NpzBytes().stored("archive/data.pkl", new byte[] {1, 2, 3}).file());
  }

  @Test
  void shouldNotPrintNamesThatPlayTricks() throws Exception {
    assertRefused(
        "whose name is not",
        new NpzBytes()
            .stored("\u001b[2J.npy", NpzBytes.npy("<f4", TWO_BY_THREE, bytes(SIX)))
            .file());
  }

  @Test
  void shouldRefuseFilesThatAreNeitherKind() throws Exception {
    assertRefused("neither an .npz nor a .safetensors", "hello, weights".getBytes());
    assertRefused("neither an .npz nor a .safetensors", new byte[0]);
  }

  @Test
  void shouldRefuseFilesLargerThanAnyModel() throws Exception {
    Path file = folder.resolve("large.npz");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(WeightsFile.LARGEST + 1);
    }

    UnusableWeights refused = assertThrows(UnusableWeights.class, () -> WeightsFile.open(file));

    assertTrue(refused.getMessage().contains("are not read"), refused.getMessage());
  }

  @Test
  void shouldTellThatAFileIsMissingOrAFolder() {
    UnusableWeights missing =
        assertThrows(UnusableWeights.class, () -> WeightsFile.open(folder.resolve("none.npz")));
    UnusableWeights directory =
        assertThrows(UnusableWeights.class, () -> WeightsFile.open(folder));

    assertTrue(missing.getMessage().contains("does not exist"), missing.getMessage());
    assertTrue(directory.getMessage().contains("is a folder"), directory.getMessage());
  }

  @Test
  void shouldEitherReadOrRefuseWhateverIsDamaged() throws Exception {
    byte[] whole =
        new NpzBytes()
            .array("a", TWO_BY_THREE, SIX)
            .deflated("b", new int[] {1}, new float[] {1})
            .file();
    DamagedFiles.each(whole, 3_000, file -> read(written(file)));
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

  private float[] values(byte[] bytes) throws Exception {
    try (WeightsFile file = WeightsFile.open(written(bytes))) {
      return file.values("a");
    }
  }

  /** Overwrites four bytes of the first entry's record in the archive's directory. */
  private static byte[] patched(byte[] file, int field, int value) {
    byte[] patched = file.clone();
    ByteBuffer bytes = ByteBuffer.wrap(patched).order(ByteOrder.LITTLE_ENDIAN);
    int record = 0;
    while (bytes.getInt(record) != 0x02014b50) {
      record++;
    }
    bytes.putInt(record + field, value);
    return patched;
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private Path fromNumPy() throws Exception {
    try (InputStream in = NpzFileTest.class.getResourceAsStream("arrays.npz")) {
      return written(in.readAllBytes());
    }
  }

  private Path written(byte[] file) throws Exception {
    return Files.write(folder.resolve("weights"), file);
  }

  /** Damages a file in seeded ways. */
  static final class DamagedFiles {
    private DamagedFiles() {}

    interface Use {
      void file(byte[] bytes) throws Exception;
    }

    /** Gives damaged copies to a use that may refuse them, and must do nothing worse. */
    static void each(byte[] whole, int rounds, Use use) {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      for (int round = 0; round < rounds; round++) {
        byte[] file = whole.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
          file[random.nextInt(file.length)] = (byte) random.nextInt();
        }
        if (random.nextInt(4) == 0) {
          file = Arrays.copyOf(file, random.nextInt(file.length));
        }
        try {
          use.file(file);
        } catch (UnusableWeights refused) {
          // one of the two outcomes that are right
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
          throw new AssertionError("seed " + seed + ", round " + round, e);
        }
      }
    }
  }
}
