package fish.json;

public final class JsonEquality {
    public static boolean same(byte[] a, String b) {
        return false;
    }
}
