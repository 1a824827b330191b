/* Stands in for the colour library of Windows, of which wine lacks a part; for tests, never shipped.

   Qt asks it for the colour profile of a screen. Here no profile can be opened. */

#define OUT __declspec(dllexport)

OUT void *OpenColorProfileW(void *profile, unsigned access, unsigned share, unsigned creation)
{
    (void)profile, (void)access, (void)share, (void)creation;
    return 0;
}

OUT int CloseColorProfile(void *profile) { (void)profile; return 0; }

OUT int GetColorProfileFromHandle(void *profile, unsigned char *buffer, unsigned *size)
{
    (void)profile, (void)buffer, (void)size;
    return 0;
}

OUT void *WcsCreateIccProfile(void *profile, unsigned options)
{
    (void)profile, (void)options;
    return 0;
}
