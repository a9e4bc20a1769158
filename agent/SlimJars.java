import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.FieldTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.attribute.MethodParametersAttribute;
import java.lang.classfile.attribute.RuntimeInvisibleAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeInvisibleParameterAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeInvisibleTypeAnnotationsAttribute;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.LocalVariableType;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Takes out of jars ({@code java SlimJars.java JAR...}, each is replaced and keeps its time) what only compilers and
 * debuggers read and an agent would hold in memory: names of local variables and of parameters, and annotations that
 * a running program does not see. The code stays as it is, with its line numbers, and what may be null too: the tests are
 * compiled against it.
 */
final class SlimJars {

    /** Copies methods: one that it would have to write anew ends the build. */
    private static final ClassFile CLASSES = ClassFile.of(
            ClassFile.DeadCodeOption.KEEP_DEAD_CODE,
            ClassFile.ShortJumpsOption.FAIL_ON_SHORT_JUMPS,
            ClassFile.ClassHierarchyResolverOption.of(SlimJars::refuse));

    // Not composed of the library's smaller transforms, through which the code would be written anew.
    private static final CodeTransform CODE = (builder, element) -> {
        if (isRead(element)) {
            builder.with(element);
        }
    };
    private static final MethodTransform METHOD = (builder, element) -> {
        if (element instanceof CodeModel code) {
            builder.transformCode(code, CODE);
        } else if (isRead(element)) {
            builder.with(element);
        }
    };
    private static final FieldTransform FIELD = (builder, element) -> {
        if (isRead(element)) {
            builder.with(element);
        }
    };
    private static final ClassTransform CLASS = (builder, element) -> {
        switch (element) {
            case MethodModel method -> builder.transformMethod(method, METHOD);
            case FieldModel field -> builder.transformField(field, FIELD);
            default -> {
                if (isRead(element)) {
                    builder.with(element);
                }
            }
        }
    };

    private SlimJars() {}

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            slim(Path.of(jar));
        }
    }

    private static void slim(Path jar) throws IOException {
        Path made = jar.resolveSibling(jar.getFileName() + ".new");
        try (JarFile from = new JarFile(jar.toFile());
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(made))) {
            for (ZipEntry entry : Collections.list(from.entries())) {
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTimeLocal(entry.getTimeLocal());
                to.putNextEntry(copy);
                try (InputStream content = from.getInputStream(entry)) {
                    byte[] all = content.readAllBytes();
                    boolean isClass = entry.getName().endsWith(".class");
                    to.write(isClass ? CLASSES.transformClass(CLASSES.parse(all), CLASS) : all);
                }
            }
        }
        Files.setLastModifiedTime(made, Files.getLastModifiedTime(jar));
        Files.move(made, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isRead(Object element) {
        return !(element instanceof LocalVariable
                || element instanceof LocalVariableType
                || element instanceof MethodParametersAttribute
                || element instanceof RuntimeInvisibleAnnotationsAttribute
                || element instanceof RuntimeInvisibleParameterAnnotationsAttribute
                || element instanceof RuntimeInvisibleTypeAnnotationsAttribute);
    }

    private static ClassHierarchyResolver.ClassHierarchyInfo refuse(ClassDesc type) {
        throw new IllegalStateException("a method would be written anew, for which one must know " + type);
    }
}
