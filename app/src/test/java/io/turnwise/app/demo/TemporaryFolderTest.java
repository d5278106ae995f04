package io.turnwise.app.demo;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TemporaryFolderTest {
  @Test
  void shouldDeleteEverythingInItWhenClosed() throws Exception {
    // Given
    Path path;
    try (TemporaryFolder folder = TemporaryFolder.create()) {
      path = folder.path();
      Files.writeString(Files.createDirectories(folder.resolve("a/b")).resolve("file"), "text");
    }

    // Then
    assertFalse(Files.exists(path));
  }
}
