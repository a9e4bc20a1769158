package io.pgmahout.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** The configuration file: one YAML document of at most a mebibyte, in UTF-8. */
final class YamlFile {
    private static final int LIMIT_BYTES = 1 << 20;

    private YamlFile() {}

    /** The file as a layer, which is marked unreadable, with the reason, when it could not be taken apart. */
    static Layer read(Path path, Interpolation interpolation) {
        try {
            @Nullable Node root = compose(text(path));
            if (root == null) {
                return new Layer();
            }
            if (root instanceof MappingNode mapping) {
                return new YamlOutline(path).layer(mapping, interpolation);
            }
            return unreadable(path, 1, "is not a YAML mapping of keys to values");
        } catch (NoSuchFileException ignored) {
            return unreadable(path, 0, "does not exist");
        } catch (CharacterCodingException ignored) {
            return unreadable(path, 0, "is not UTF-8 text");
        } catch (IOException failure) {
            return unreadable(path, 0, "cannot be read: " + failure.getMessage());
        } catch (MarkedYAMLException failure) {
            int line = failure.getProblemMark() == null
                    ? 0
                    : failure.getProblemMark().getLine() + 1;
            return unreadable(path, line, "is not YAML: " + failure.getProblem());
        } catch (YAMLException failure) {
            return unreadable(path, 0, "is not YAML: " + failure.getMessage());
        }
    }

    private static @Nullable Node compose(String text) {
        var options = new LoaderOptions();
        options.setCodePointLimit(LIMIT_BYTES);
        return new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
    }

    private static String text(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LIMIT_BYTES + 1);
            if (bytes.length > LIMIT_BYTES) {
                throw new IOException("it has more than " + LIMIT_BYTES + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }

    private static Layer unreadable(Path path, int line, String reason) {
        var layer = new Layer();
        layer.unreadable = true;
        layer.problems.add(new Problem(new Origin.File(path, line), "", Optional.empty(), reason, ""));
        return layer;
    }
}
