package io.turnwise.app.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartFileTest {
  private static final Address HERE = Address.of("https://example.org/x?key=secret");

  @TempDir Path folder;

  @Test
  void shouldKeepWhatArrivedAndWhatItIsOf() throws Exception {
    // Given
    Path target = folder.resolve("new/folder/x.onnx");
    try (PartFile part = open(target)) {
      part.begin(HERE, "\"v1\"");
      part.append(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    }

    // When
    try (PartFile part = open(target)) {
      // Then
      assertEquals(3, part.sizeOf(HERE));
      assertEquals("\"v1\"", part.validator());
      part.append(ByteBuffer.wrap(new byte[] {4}));
      part.putInPlace();
    }
    assertEquals(4, Files.size(target));
    assertFalse(Files.exists(folder.resolve("new/folder/x.onnx.part")));
    assertFalse(Files.exists(folder.resolve("new/folder/x.onnx.part.of")));
  }

  @Test
  void shouldWriteDownNoSecretOfAnAddress() throws Exception {
    // When
    try (PartFile part = open(folder.resolve("x.onnx"))) {
      part.begin(HERE, "");
      part.append(ByteBuffer.wrap(new byte[] {1}));
    }

    // Then
    String origin = Files.readString(folder.resolve("x.onnx.part.of"));
    assertFalse(origin.contains("secret"), origin);
  }

  @Test
  void shouldBeginAnewWhenItsOriginIsUnreadable() throws Exception {
    // Given
    Files.write(folder.resolve("x.onnx.part"), new byte[10]);
    Files.write(folder.resolve("x.onnx.part.of"), new byte[] {(byte) 0xff, '\n', 7, '\n'});

    // When
    try (PartFile part = open(folder.resolve("x.onnx"))) {
      // Then
      assertEquals(0, part.sizeOf(HERE));
    }
    assertFalse(Files.exists(folder.resolve("x.onnx.part")));
  }

  @Test
  void shouldWaitWhileAnotherHasIt() throws Exception {
    // Given
    Path target = folder.resolve("x.onnx");
    PartFile first = open(target);
    first.begin(HERE, "");
    List<String> seen = new ArrayList<>();

    // When: the other ends while this one waits
    try (PartFile second =
        PartFile.open(
            target,
            pause -> {
              seen.add("pause");
              if (seen.size() == 3) {
                first.append(ByteBuffer.wrap(new byte[] {1, 2}));
                first.close();
              }
            },
            () -> seen.add("told"))) {
      // Then
      assertEquals(List.of("told", "pause", "pause"), seen);
      assertEquals(2, second.sizeOf(HERE));
    }
  }

  @Test
  void shouldSayThatTheFolderCannotBeMade() throws Exception {
    // Given
    Path file = Files.createFile(folder.resolve("file"));

    // When
    String message =
        assertThrows(CommandFailed.class, () -> open(file.resolve("x.onnx"))).getMessage();

    // Then
    assertTrue(message.contains(file.resolve("x.onnx").toString()), message);
    assertTrue(message.contains("--to"), message);
  }

  private static PartFile open(Path target) throws InterruptedException {
    return PartFile.open(
        target,
        pause -> {
          throw new AssertionError("nobody else has it");
        },
        () -> {});
  }
}
