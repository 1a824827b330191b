/* Starts CBR Desktop with the Python that lies beside it.

   It is built twice: as a program with a window and, with CONSOLE defined, as one of the command line. Libraries are
   looked for in the folders of the program and of Windows alone, never where the program happens to be started from.
   Beside a file called cbr-desktop.portable, the program keeps all that is its own in the folder "data" there. */

#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <shellapi.h>
#include <wchar.h>

#define MISSING 120
#define LONGEST 32768
#define TITLE L"CBR Desktop"

static const wchar_t *const PORTABLE = L"cbr-desktop.portable";
static const wchar_t *const HOME = L"CBR_DESKTOP_HOME";

typedef int (*Main)(int, wchar_t **);

static wchar_t folder[LONGEST];
static wchar_t path[LONGEST];

static int fail(const wchar_t *problem)
{
    static wchar_t text[LONGEST];
    DWORD error = GetLastError();
    _snwprintf(text, LONGEST - 1, L"%ls (%lu)\n\nPlease install CBR Desktop again; your profiles and requests stay.",
               problem, error);
#ifdef CONSOLE
    HANDLE out = GetStdHandle(STD_ERROR_HANDLE);
    DWORD written;
    if (!WriteConsoleW(out, text, (DWORD)wcslen(text), &written, NULL)) {
        static char bytes[LONGEST];
        int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, bytes, LONGEST, NULL, NULL);
        WriteFile(out, bytes, size > 0 ? size - 1 : 0, &written, NULL);
    }
    WriteFile(out, "\r\n", 2, &written, NULL);
#else
    MessageBoxW(NULL, text, TITLE, MB_OK | MB_ICONERROR | MB_SETFOREGROUND);
#endif
    return MISSING;
}

static const wchar_t *beside(const wchar_t *name)
{
    _snwprintf(path, LONGEST - 1, L"%ls\\%ls", folder, name);
    return path;
}

static BOOL find_folder(void)
{
    DWORD size = GetModuleFileNameW(NULL, folder, LONGEST);
    wchar_t *end = wcsrchr(folder, L'\\');
    if (size == 0 || size >= LONGEST || end == NULL)
        return FALSE;
    *end = L'\0';
    return wcslen(folder) < LONGEST - 64;
}

static void keep_things_here(void)
{
    if (GetFileAttributesW(beside(PORTABLE)) == INVALID_FILE_ATTRIBUTES)
        return;
    if (GetEnvironmentVariableW(HOME, NULL, 0) == 0)
        SetEnvironmentVariableW(HOME, beside(L"data"));
}

int wmain(int count, wchar_t **words)
{
    static wchar_t *ours[] = {NULL, L"-X", L"utf8=1", L"-B", L"-m", L"cbr_desktop"};
    const int before = sizeof ours / sizeof *ours;
    int at;

    SetDllDirectoryW(L"");
    SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32 | LOAD_LIBRARY_SEARCH_USER_DIRS);
    if (!find_folder())
        return fail(L"The folder of CBR Desktop cannot be told.");
    keep_things_here();

    HMODULE python = LoadLibraryExW(beside(L"runtime\\" PYTHON), NULL,
                                    LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (python == NULL)
        return fail(L"A part of CBR Desktop is missing or cannot be loaded: runtime\\" PYTHON);
    Main run = (Main)(void *)GetProcAddress(python, "Py_Main");
    if (run == NULL)
        return fail(L"A part of CBR Desktop is not what it should be: runtime\\" PYTHON);

    wchar_t **all = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, (count + before + 1) * sizeof *all);
    if (all == NULL)
        return fail(L"There is not enough memory.");
    all[0] = words[0];
    for (at = 1; at < before; at++)
        all[at] = ours[at];
    for (at = 1; at < count; at++)
        all[before + at - 1] = words[at];
    return run(before + count - 1, all);
}

#ifndef CONSOLE
int WINAPI wWinMain(HINSTANCE instance, HINSTANCE none, wchar_t *line, int show)
{
    int count;
    wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
    (void)instance, (void)none, (void)line, (void)show;
    if (words == NULL)
        return fail(L"The command line cannot be read.");
    return wmain(count, words);
}
#endif
