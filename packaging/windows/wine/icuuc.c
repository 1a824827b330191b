/* Stands in for the Unicode library of Windows where wine has none; for tests, never shipped.

   Qt asks it for converters of old code pages only. Here there are none: opening one fails, and all else that would
   need an open one is never reached. */

typedef int Code;
typedef void (*Callback)(void);

enum { U_FILE_ACCESS_ERROR = 4 };

#define OUT __declspec(dllexport)

OUT void *ucnv_open(const char *name, Code *code)
{
    (void)name;
    if (code)
        *code = U_FILE_ACCESS_ERROR;
    return 0;
}

OUT int ucnv_countAvailable(void) { return 0; }
OUT const char *ucnv_getAvailableName(int at) { (void)at; return 0; }

OUT const char *ucnv_getStandardName(const char *name, const char *standard, Code *code)
{
    (void)name, (void)standard;
    if (code)
        *code = U_FILE_ACCESS_ERROR;
    return 0;
}

OUT const char *ucnv_getName(const void *converter, Code *code)
{
    return ucnv_getStandardName(converter, 0, code);
}

OUT signed char ucnv_getMaxCharSize(const void *converter) { (void)converter; return 1; }

#define NEVER(name) OUT void name(void) {}
#define NEVER_COUNTED(name) OUT int name(void) { return 0; }

NEVER(ucnv_close)
NEVER(ucnv_reset)
NEVER(ucnv_getToUCallBack)
NEVER(ucnv_getFromUCallBack)
NEVER(ucnv_setToUCallBack)
NEVER(ucnv_setFromUCallBack)
NEVER(ucnv_toUnicode)
NEVER(ucnv_fromUnicode)
NEVER(ucnv_cbToUWriteUChars)
NEVER(ucnv_cbFromUWriteUChars)
NEVER(UCNV_FROM_U_CALLBACK_SUBSTITUTE)
NEVER(UCNV_TO_U_CALLBACK_SUBSTITUTE)
NEVER_COUNTED(ucnv_toUCountPending)
NEVER_COUNTED(ucnv_fromUCountPending)
